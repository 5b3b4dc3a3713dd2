import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, Metadata, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType as SweepTypes } from './generated/sweep.js';
import type { ProtoGrpcType as TrainerTypes } from './generated/trainer.js';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Both services as loaded from their .proto files; for reflection. */
export const packageDefinition = loadSync(['prunefront/v1/sweep.proto', 'prunefront/v1/trainer.proto'], {
  includeDirs: [folder],
  keepCase: false,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});

const types = loadPackageDefinition(packageDefinition) as unknown as SweepTypes & TrainerTypes;

/** Client of the gateway. */
export const SweepClient = types.prunefront.v1.SweepService;
/** Client of a trainer. */
export const TrainerClient = types.prunefront.v1.TrainerService;
/** Definition that the gateway serves. */
export const sweepService = SweepClient.service;
/** Definition that a trainer serves. */
export const trainerService = TrainerClient.service;

const ERROR_KEY = 'prunefront-error-bin';

/** A trailer that carries an error's data in JSON. */
export function errorTrailer(json: string): Metadata {
  const metadata = new Metadata();
  metadata.set(ERROR_KEY, Buffer.from(json));
  return metadata;
}

/** The JSON of the error data in a failed call's trailer, or null. */
export function errorJson(error: ServiceError): string | null {
  const [value] = error.metadata?.get(ERROR_KEY) ?? [];
  return value === undefined ? null : value.toString();
}
