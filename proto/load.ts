import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { PROTO_FOLDER } from './folder.js';
import type { ProtoGrpcType as NodeTypes } from './generated/node.js';
import type { ProtoGrpcType as ScheduleTypes } from './generated/schedule.js';
import type { ProtoGrpcType as SweepTypes } from './generated/sweep.js';
import type { ProtoGrpcType as TrainerTypes } from './generated/trainer.js';

const FILES = ['sweep', 'node', 'schedule', 'trainer'].map((name) => `prunefront/v1/${name}.proto`);
/** Their messages are in trailers, which reflection lets tools read. */
const DETAILS = ['google/rpc/status.proto', 'google/rpc/error_details.proto'];

/** All services as loaded from their .proto files; for reflection. */
export const packageDefinition = loadSync([...FILES, ...DETAILS], {
  ...{ includeDirs: [PROTO_FOLDER], keepCase: false, longs: Number, enums: String, defaults: true, oneofs: true },
});

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
