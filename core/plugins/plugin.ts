import type { Compression } from '../compression/compression.js';
import { COMPRESSIONS } from '../compression/index.js';
import { READERS, type Reader } from '../datasets/index.js';
import { METRICS, type MetricPiece } from '../evaluation/metrics/index.js';
import { MODELS, type ModelPiece } from '../models/zoo/index.js';
import type { Criterion } from '../pruning/criteria/criterion.js';
import { CRITERIA } from '../pruning/criteria/index.js';
import type { Granularity } from '../pruning/granularities/granularity.js';
import { GRANULARITIES } from '../pruning/granularities/index.js';
import { SCHEDULES, type SchedulePiece } from '../pruning/schedules/index.js';
import { SCOPES } from '../pruning/scopes/index.js';
import type { Scope } from '../pruning/scopes/scope.js';
import type { Piece, Registry } from '../registry/index.js';
import { LOSSES, type LossPiece } from '../training/objectives/losses/index.js';

/** What the default export of a plugin may hold: pieces of the same interfaces as the built-in ones. */
export interface Plugin {
  readonly criteria?: readonly Criterion[];
  readonly granularities?: readonly Granularity[];
  readonly scopes?: readonly Scope[];
  readonly schedules?: readonly SchedulePiece[];
  readonly compressions?: readonly Compression[];
  readonly models?: readonly ModelPiece[];
  readonly readers?: readonly Reader[];
  readonly losses?: readonly LossPiece[];
  readonly metrics?: readonly MetricPiece[];
}

/** Where the pieces of each kind are registered. */
export const REGISTRIES: { readonly [Kind in keyof Plugin]-?: Registry<NonNullable<Plugin[Kind]>[number] & Piece> } = {
  criteria: CRITERIA,
  granularities: GRANULARITIES,
  scopes: SCOPES,
  schedules: SCHEDULES,
  compressions: COMPRESSIONS,
  models: MODELS,
  readers: READERS,
  losses: LOSSES,
  metrics: METRICS,
};
