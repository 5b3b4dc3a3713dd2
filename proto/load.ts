import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, Metadata, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType as NodeTypes } from './generated/node.js';
import type { ProtoGrpcType as ScheduleTypes } from './generated/schedule.js';
import type { ProtoGrpcType as SweepTypes } from './generated/sweep.js';
import type { ProtoGrpcType as TrainerTypes } from './generated/trainer.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const FILES = ['sweep', 'node', 'schedule', 'trainer'];

/** All services as loaded from their .proto files; for reflection. */
export const packageDefinition = loadSync(
  FILES.map((name) => `prunefront/v1/${name}.proto`),
  { includeDirs: [folder], keepCase: false, longs: Number, enums: String, defaults: true, oneofs: true },
);

const { v1 } = (
  loadPackageDefinition(packageDefinition) as unknown as SweepTypes & NodeTypes & ScheduleTypes & TrainerTypes
).prunefront;

/** Client of a gateway's sweeps. */
export const SweepClient = v1.SweepService;
/** Client of a gateway's nodes. */
export const NodeClient = v1.NodeService;
/** Client of a gateway's schedules. */
export const ScheduleClient = v1.ScheduleService;
/** Client of a trainer. */
export const TrainerClient = v1.TrainerService;
/** Definitions that a gateway serves. */
export const sweepService = SweepClient.service;
export const nodeService = NodeClient.service;
export const scheduleService = ScheduleClient.service;
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
