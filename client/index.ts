export { type ErrorCode, type ErrorFacts, PrunefrontError } from '../core/errors.js';
export type { SweepPlan } from '../core/search/plan.js';
export type { SweepEvent } from '../core/sweep/events.js';
export type { FrontPoint, SweepProgress } from '../core/sweep/progress.js';
export type { SweepResult } from '../core/sweep/result.js';
export type { ClientSecurity } from './client-options.js';
export type { Environment } from './environment.js';
export type { DeviceView, NodesClient, NodeView, SlotView } from './nodes.js';
export {
  type EventsOptions,
  PrunefrontClient,
  type Snapshot,
  type StartOptions,
  type ToldEvent,
} from './prunefront-client.js';
export type { NightView, PublicationView, ScheduleView } from './schedules.js';
