import { DRAIN_SETTINGS, operationSettings, STORE_SETTINGS, TEMPORAL_SETTINGS } from '../service/common-settings.js';

/** What a node's worker is, and what can be set. */
export const WORKER = {
  process: 'worker',
  summary: 'Trains, prunes and measures stages with one trainer for each slot of its machine. One runs on each node.',
  table: {
    ...STORE_SETTINGS,
    ...TEMPORAL_SETTINGS,
    'task-queue': { value: 'NAME', help: 'task queue of the stages', default: 'prunefront-stages-default' },
    slots: { value: 'N', help: 'stages at once (default: one for each GPU, or for each core without one)' },
    node: { value: 'NAME', help: "name of this node (default: the machine's)" },
    'checkpoint-every': { value: 'MS', help: 'milliseconds between checkpoints of a stage', default: '5000' },
    'trainer-silence': {
      value: 'MS',
      help: 'milliseconds after which a trainer that says nothing counts as hung',
      default: '20000',
    },
    'trainer-memory': { value: 'MB', help: 'memory of a trainer, in megabytes', default: '4096' },
    ...operationSettings('127.0.0.1:7482', '127.0.0.1:7412'),
    ...DRAIN_SETTINGS,
  },
} as const;
