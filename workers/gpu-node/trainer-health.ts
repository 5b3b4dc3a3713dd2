import { type Client, Metadata } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';

const SERVICE = 'prunefront.v1.TrainerService';

/** Whether a trainer says `SERVING` by the standard gRPC health protocol within a time. It may still be starting when asked. */
export function isServing(client: Client, timeoutMs: number): Promise<boolean> {
  const { Check: check } = service;
  if (check === undefined) throw new Error('grpc-health-check has no Check');
  const metadata = new Metadata({ waitForReady: true });
  const options = { deadline: Date.now() + timeoutMs };
  return new Promise((resolve) => {
    client.makeUnaryRequest<object, object>(
      check.path,
      check.requestSerialize,
      check.responseDeserialize,
      { service: SERVICE },
      metadata,
      options,
      (error, answer) =>
        resolve(error === null && answer !== undefined && 'status' in answer && answer.status === 'SERVING'),
    );
  });
}
