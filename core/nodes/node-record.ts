import type { StageProgress } from '../sweep/stage.js';

/** What a node does with stages. `lost` is what others call one that says nothing any more. */
export type NodeState = 'starting' | 'ready' | 'draining' | 'drained' | 'stopping' | 'lost';
/** What a slot does. */
export type SlotState = 'starting' | 'free' | 'busy' | 'closed';

/** A GPU of a node, or its CPU; what the driver does not tell is null. */
export interface NodeDevice {
  /** The driver's index of a GPU, or `cpu`. */
  readonly id: string;
  /** Kind in the name of its task queue: `nvidia-h100`, `cpu`. */
  readonly kind: string;
  /** What the driver calls it. */
  readonly name: string;
  /** Fraction of the time that it computed, 0 to 1. */
  readonly utilization: number | null;
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
  readonly temperatureCelsius: number | null;
  readonly powerWatts: number | null;
}

/** What a busy slot runs. */
export interface SlotWork {
  /** Name of the sweep. */
  readonly sweep: string;
  readonly candidate: string;
  readonly label: string;
  readonly stageKey: string;
  readonly phase: StageProgress['phase'];
  readonly step: number;
  readonly steps: number;
  readonly imagesPerSecond: number | null;
}

/** One place of a node to run a stage. */
export interface NodeSlot {
  /** Number on its node, from 0. */
  readonly slot: number;
  /** Id of its device. */
  readonly device: string;
  readonly state: SlotState;
  readonly work: SlotWork | null;
  /** CPU threads of its trainer; null where TensorFlow takes what it wants. */
  readonly threads: number | null;
  /** Times that its trainer was started again. */
  readonly trainerRestarts: number;
  /** Resident bytes of its trainer; 0 while it does not say. */
  readonly trainerResidentBytes: number;
}

/** What a node tells of itself every few seconds, as the document `nodes/NAME/record.json` of the store. */
export interface NodeRecord {
  /** Letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  readonly state: Exclude<NodeState, 'lost'>;
  readonly version: string;
  readonly taskQueues: readonly string[];
  readonly devices: readonly NodeDevice[];
  readonly slots: readonly NodeSlot[];
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339. */
  readonly seenAt: string;
}

/** What people want of a node, as the document `nodes/NAME/wanted.json` of the store; it holds over restarts of the node. */
export interface NodeWanted {
  readonly draining: boolean;
  /** RFC 3339. */
  readonly since: string;
  /** Who asked. */
  readonly by: string;
}

/** Milliseconds between two records of a node. */
export const NODE_TELLS_EVERY_MS = 2000;
/** Milliseconds of silence after which a node counts as lost. */
export const NODE_LOST_AFTER_MS = 15_000;

/** Path of a node's record in the store. */
export function nodeRecordPath(name: string): string {
  return `nodes/${name}/record.json`;
}

/** Path in the store of what people want of a node. */
export function nodeWantedPath(name: string): string {
  return `nodes/${name}/wanted.json`;
}

/** Task queue of the stages for a kind of device. */
export function stageQueueOf(kind: string): string {
  return `prunefront-stages-${kind}`;
}
