import type { Tensor } from '@tensorflow/tfjs';
import { type ActivationGrid, type CompressedModel, withCompressedWeights } from '../../compression/index.js';
import { type Judge, judged } from '../../evaluation/judges/index.js';
import type { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import type { Training } from '../../sweep/stage.js';
import type { ModelState } from '../stage-state.js';
import { formatOf } from './compression-facts.js';

/** How a network is run that has been compressed. */
export interface CompressedRun {
  /** The form that weights are trained and scored in; absent takes them as they are. */
  readonly encodings?: CompressedModel['encodings'];
  /** Grids that layers give their outputs on, by layer. */
  readonly activations?: ReadonlyMap<string, ActivationGrid>;
}

/** How a state's model is run: in a training in the form that it was given, else as it is. */
export function compressedRun({ compression }: Pick<ModelState, 'compression'>, training?: Training): CompressedRun {
  if (compression === undefined) return {};
  const { encodings, activations } = compression;
  return {
    ...((training?.epochs ?? 0) > 0 && encodings.size > 0 ? { encodings } : {}),
    ...(activations.size > 0 ? { activations } : {}),
  };
}

/** What a judge finds of a batch at the weights as their encodings give them. */
export function judgedExamples(
  tf: Tf,
  network: Network,
  judge: Judge,
  encodings: CompressedModel['encodings'] | undefined,
  batch: readonly Tensor[],
): readonly Tensor[] {
  if (encodings === undefined) return judged(tf, judge, network, batch);
  return withCompressedWeights(tf, network, encodings, () => judged(tf, judge, network, batch));
}

/** All that a graph of the network depends on, as data; the grids of weights follow from these. */
export function runConstants({ encodings = new Map(), activations = new Map() }: CompressedRun): unknown {
  const forms = [...encodings].map(([name, { clusters, quantized }]) => [
    name,
    clusters === undefined
      ? null
      : { codes: [...clusters.codes], count: clusters.centroids.length, keepsZeros: clusters.keepsZeros },
    quantized === undefined ? null : formatOf(quantized),
  ]);
  return { forms, activations: [...activations] };
}
