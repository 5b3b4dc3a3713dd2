import { PrunefrontError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import type { Topology } from '../topology.js';
import { denoisingAutoencoder } from './denoising-autoencoder.js';
import { gru64 } from './gru-64.js';
import { lenet5 } from './lenet-5.js';
import { lenet300100 } from './lenet-300-100.js';
import { lstm64 } from './lstm-64.js';
import { mnistCnn } from './mnist-cnn.js';
import { mnistMlp } from './mnist-mlp.js';
import { mobileNet } from './mobile-net.js';
import { residualCnn } from './residual-cnn.js';

/** The models that come with Prunefront. */
const ZOO: ReadonlyMap<string, Topology> = new Map([
  ['mnistCnn', mnistCnn],
  ['mnistMlp', mnistMlp],
  ['lenet300100', lenet300100],
  ['lenet5', lenet5],
  ['residualCnn', residualCnn],
  ['lstm64', lstm64],
  ['mobileNet', mobileNet],
  ['gru64', gru64],
  ['denoisingAutoencoder', denoisingAutoencoder],
]);

/** Names of the zoo's models. */
export const ZOO_NAMES: readonly string[] = [...ZOO.keys()];

/**
 * The topology of a model of the zoo.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_NOT_FOUND`
 */
export function zooModel(name: string): Topology {
  const topology = ZOO.get(name);
  if (topology !== undefined) return topology;
  const near = nearest(name, ZOO_NAMES);
  throw new PrunefrontError('PRUNEFRONT_MODEL_NOT_FOUND', 'The zoo has no such model', {
    found: name,
    allowed: ZOO_NAMES.join(', '),
    ...(near === null ? {} : { hint: `did you mean ${near}?` }),
  });
}
