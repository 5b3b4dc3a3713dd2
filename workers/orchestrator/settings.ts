import {
  DRAIN_SETTINGS,
  operationSettings,
  PLUGIN_SETTINGS,
  STORE_SETTINGS,
  TEMPORAL_SETTINGS,
} from '../service/common-settings.js';

/** What the orchestrator is, and what can be set. */
export const ORCHESTRATOR = {
  process: 'orchestrator',
  summary: 'Runs the workflows of sweeps and nights, and their activities that need no device. Any number may run.',
  table: {
    ...STORE_SETTINGS,
    ...PLUGIN_SETTINGS,
    ...TEMPORAL_SETTINGS,
    ...operationSettings('127.0.0.1:7481', '127.0.0.1:7411'),
    ...DRAIN_SETTINGS,
  },
} as const;
