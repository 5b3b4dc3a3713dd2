export { PrunefrontClient, type Snapshot } from './prunefront-client.js';
