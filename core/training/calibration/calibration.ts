import { createHash } from 'node:crypto';
import { PrunefrontError } from '../../errors.js';
import { initialWeights } from '../../models/initial-weights.js';
import { type LayersModel, readModelFile } from '../../models/model-file.js';
import { type Topology, toKerasConfig } from '../../models/topology.js';
import { zooModel } from '../../models/zoo/index.js';
import { canonicalJson } from '../../store/canonical-json.js';
import type { ModelSource, OptimizerSpec } from '../../sweep/spec.js';
import type { BothPrecisions } from './precision.js';

/** What is trained to find out what a device is best at. */
export interface CalibrationSubject {
  readonly model: ModelSource;
  readonly batchSize: number;
  readonly optimizer: OptimizerSpec;
}

/** Where it is trained, by what. */
export interface CalibrationPlace {
  /** What the driver calls the device. */
  readonly device: string;
  readonly cores: number;
  /** Versions of what trains. */
  readonly version: string;
}

/** What was measured of a model on a device, as it is kept on the node. */
export interface Calibration extends CalibrationPlace, BothPrecisions {
  /** Name of the model's topology. */
  readonly model: string;
  readonly batchSize: number;
  /** Kind of the optimizer. */
  readonly optimizer: string;
  /** RFC 3339. */
  readonly measuredAt: string;
}

/** Keras' own. */
export const DEFAULT_OPTIMIZER: OptimizerSpec = {
  adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
};

/** What plans are measured in; bfloat16 is a part of what comes of it. */
const PRECISION = 'float32';

/**
 * The model that somebody named: by the path of its model.json, or by its name in the zoo.
 * @param text - a path has a slash in it, or ends in `.json`
 */
export function namedModel(text: string): ModelSource {
  return text.includes('/') || text.endsWith('.json') ? { file: text } : { zoo: text };
}

/**
 * A model to train.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_*`
 */
export async function loadModel(model: ModelSource): Promise<LayersModel> {
  if ('file' in model) return readModelFile(model.file);
  const topology = zooModel(model.zoo);
  return { topology, weights: initialWeights(topology, 1) };
}

/** Name of an optimizer without its numbers, on which speed does not depend. */
export function optimizerKind(optimizer: OptimizerSpec): string {
  return Object.keys(optimizer)[0] ?? '';
}

/** Key of a calibration: everything that its outcome depends on. */
export function calibrationKey(
  topology: Topology,
  { batchSize, optimizer }: Omit<CalibrationSubject, 'model'>,
  { device, cores, version }: CalibrationPlace,
): string {
  const content = canonicalJson({
    // A shape has no name.
    topology: toKerasConfig({ ...topology, name: 'model' }),
    ...{ batchSize, optimizer: optimizerKind(optimizer), precision: PRECISION },
    ...{ device, cores, version },
  });
  return createHash('sha256').update(content).digest('hex');
}

/**
 * An optimizer from the command line of a process that another one of this version started.
 * @throws PrunefrontError `PRUNEFRONT_USAGE`
 */
export function parseOptimizer(text: string): OptimizerSpec {
  try {
    return JSON.parse(text) as OptimizerSpec;
  } catch {
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'The optimizer is no JSON', { place: '--optimizer', found: text });
  }
}
