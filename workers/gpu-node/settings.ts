import {
  DRAIN_SETTINGS,
  operationSettings,
  PLUGIN_SETTINGS,
  STORE_SETTINGS,
  TEMPORAL_SETTINGS,
} from '../service/common-settings.js';

/** What a node worker is, and what can be set. */
export const NODE_WORKER = {
  process: 'worker',
  summary:
    'Trains on the GPUs of this machine, or on its CPU: takes stages from the task queue of each kind of device it has.',
  table: {
    ...STORE_SETTINGS,
    ...PLUGIN_SETTINGS,
    slots: {
      value: 'N|auto',
      help: 'stages at once on each GPU, or on the CPU; auto is what a calibration says, else 1, or one for each core',
      default: 'auto',
    },
    threads: {
      value: 'N|auto',
      help: 'CPU threads of each trainer; auto is what a calibration says, else 1, or what TensorFlow takes on a GPU',
      default: 'auto',
    },
    'auto-precision': {
      value: 'float32|bfloat16|auto',
      help: 'what “precision: auto” of a spec is on this node; auto is what a calibration says, else float32',
      default: 'auto',
    },
    'calibrate-for': {
      value: 'MODEL',
      help: 'model of the zoo, or a model.json, to calibrate with at the start: half a minute, once for each model and node (default: none)',
    },
    'calibrate-batch': { value: 'N', help: 'examples in a batch of that calibration', default: '64' },
    node: { value: 'NAME', help: "the node's name, its own in the cluster (default: the host's)" },
    'checkpoint-every': { value: 'MS', help: 'milliseconds of training between two checkpoints', default: '5000' },
    'trainer-silence': {
      value: 'MS',
      help: 'milliseconds without a word after which a trainer counts as hung',
      default: '60000',
    },
    'trainer-memory': {
      value: 'MB',
      help: 'megabytes above which a trainer is replaced after its stage',
      default: '4096',
    },
    'resident-data': {
      value: 'MB',
      help: 'megabytes of data that a trainer holds where it computes; larger data are streamed (default: its slot’s part of half of what is free on the GPU, or on the machine)',
    },
    'program-memory': {
      value: 'MB',
      help: 'megabytes of compiled programs that each trainer keeps for the next stages; their data sets may take a quarter of it beside them',
      default: '512',
    },
    profile: { value: 'FOLDER', help: 'where each trainer writes a trace of what it does, to open in Perfetto' },
    ...TEMPORAL_SETTINGS,
    ...operationSettings('127.0.0.1:7482', '127.0.0.1:7412'),
    ...DRAIN_SETTINGS,
  },
} as const;
