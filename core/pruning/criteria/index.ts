import { Registry } from '../../registry/index.js';
import { APOZ, MEAN_ACTIVATION } from './activations.js';
import { BATCH_NORM_SCALE } from './batch-norm-scale.js';
import type { Criterion } from './criterion.js';
import { FPGM } from './fpgm.js';
import { GRASP } from './grasp.js';
import { HRANK } from './hrank.js';
import { LAMP } from './lamp.js';
import { LSH } from './lsh.js';
import { MAGNITUDE } from './magnitude.js';
import { MOVEMENT } from './movement.js';
import { L1, L2, LP } from './norms.js';
import { OBD } from './obd.js';
import { RANDOM } from './random.js';
import { L1_REGULARISED, L2_REGULARISED } from './regularised.js';
import { SNIP } from './snip.js';
import { SYNFLOW } from './synflow.js';
import { TAYLOR } from './taylor.js';
import { WANDA } from './wanda.js';
import { WOODFISHER } from './woodfisher.js';

/** Every criterion. */
export const CRITERIA = new Registry<Criterion>('criterion', [
  RANDOM,
  MAGNITUDE,
  L1,
  L2,
  LP,
  L1_REGULARISED,
  L2_REGULARISED,
  BATCH_NORM_SCALE,
  TAYLOR,
  SNIP,
  GRASP,
  SYNFLOW,
  MOVEMENT,
  LAMP,
  FPGM,
  HRANK,
  APOZ,
  MEAN_ACTIVATION,
  WANDA,
  OBD,
  WOODFISHER,
  LSH,
]);

export type { Criterion, Regularised, ScoredKernel, ScoredLayer } from './criterion.js';
export type { ByWeight, Evidence, OutputStatistics } from './evidence.js';
export { meanRanks } from './hrank.js';
export { measuredOf } from './measured.js';
export { unitNorms } from './norms.js';
export { scoredKernels, scoredLayers } from './scored.js';
export { unitScores, weightScores } from './scores.js';
export { inputAxis, placeAlong } from './unit-rows.js';
