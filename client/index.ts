export { PrunefrontClient, type Snapshot } from './prunefront-client.js';
export type { NightView, PublicationView, ScheduleView } from './schedules.js';
