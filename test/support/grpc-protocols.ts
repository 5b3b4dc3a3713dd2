import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Client, credentials, type GrpcObject, loadPackageDefinition, Client as RawClient } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { service as healthService } from 'grpc-health-check';
import descriptor from 'protobufjs/ext/descriptor.js';

const require = createRequire(import.meta.url);
const reflectionProtos = join(dirname(require.resolve('@grpc/reflection/package.json')), 'build', 'proto');

/** What a service has, by its descriptor. */
export interface DescribedService {
  readonly name: string;
  readonly methods: readonly string[];
}

/** What a server says of a service by the standard gRPC health protocol. */
export function healthOf(address: string, service: string): Promise<string> {
  const client = new RawClient(address, credentials.createInsecure());
  const check = healthService['Check'];
  if (check === undefined) throw new Error('grpc-health-check has no Check');
  return new Promise<string>((resolve, reject) => {
    client.makeUnaryRequest<object, { readonly status?: unknown }>(
      check.path,
      check.requestSerialize,
      check.responseDeserialize as (bytes: Buffer) => { readonly status?: unknown },
      { service },
      (error, answer) => (error === null ? resolve(String(answer?.status)) : reject(error)),
    );
  }).finally(() => client.close());
}

/** The services that a server lists by the reflection protocol. */
export async function listedServices(address: string): Promise<string[]> {
  const { listServicesResponse } = await reflect(address, { listServices: '' });
  return (listServicesResponse?.service ?? []).map(({ name }) => name);
}

/** The descriptor of a service that a server hands out by the reflection protocol. */
export async function describedService(address: string, symbol: string): Promise<DescribedService | null> {
  const { fileDescriptorResponse } = await reflect(address, { fileContainingSymbol: symbol });
  for (const bytes of fileDescriptorResponse?.fileDescriptorProto ?? []) {
    const file = descriptor.FileDescriptorProto.toObject(descriptor.FileDescriptorProto.decode(bytes)) as {
      readonly package?: string;
      readonly service?: readonly { readonly name: string; readonly method?: readonly { readonly name: string }[] }[];
    };
    const found = file.service?.find(({ name }) => `${file.package}.${name}` === symbol);
    if (found !== undefined) return { name: symbol, methods: (found.method ?? []).map(({ name }) => name) };
  }
  return null;
}

interface ReflectionAnswer {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
}

interface ReflectionStream {
  write(question: object): void;
  end(): void;
  on(event: 'data', hear: (answer: ReflectionAnswer) => void): void;
  on(event: 'error', hear: (error: Error) => void): void;
}

type ReflectionClient = new (
  ...args: ConstructorParameters<typeof Client>
) => Client & { ServerReflectionInfo(): ReflectionStream };

async function reflect(address: string, question: object): Promise<ReflectionAnswer> {
  const loaded = loadPackageDefinition(
    loadSync('grpc/reflection/v1/reflection.proto', { includeDirs: [reflectionProtos], keepCase: false }),
  );
  const inGrpc = loaded['grpc'] as GrpcObject;
  const v1 = (inGrpc['reflection'] as GrpcObject)['v1'] as GrpcObject;
  const client = new (v1['ServerReflection'] as unknown as ReflectionClient)(address, credentials.createInsecure());
  try {
    return await new Promise<ReflectionAnswer>((resolve, reject) => {
      const stream = client.ServerReflectionInfo();
      stream.on('data', resolve);
      stream.on('error', reject);
      stream.write(question);
      stream.end();
    });
  } finally {
    client.close();
  }
}
