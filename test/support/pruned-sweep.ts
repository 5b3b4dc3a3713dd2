import { initialWeights } from '../../core/models/initial-weights.js';
import type { Topology } from '../../core/models/topology.js';
import type { Observation, StageRecord } from '../../core/sweep/observation.js';
import type { Method } from '../../core/sweep/spec.js';
import type { OperationOf, Stage } from '../../core/sweep/stage.js';
import type { ModelState } from '../../core/training/stage-state.js';
import { storeLayersModel } from '../../core/training/stages/initial-state.js';
import { sequentialOf } from './tiny-networks.js';
import { pruning, type TinySweep, TRAINING, tinySweep } from './tiny-sweep.js';

type Prune = OperationOf<'prune'>;

const layer = (class_name: string, name: string, config: Readonly<Record<string, unknown>> = {}) => ({
  class_name,
  config: { name, ...config },
});
const conv = (name: string, filters: number) =>
  layer('Conv2D', name, { filters, kernel_size: [3, 3], strides: [2, 2], use_bias: false });
const digits = layer('Dense', 'dense', { units: 10, activation: 'softmax' });
// Four steps of seven rows each: compiled in a seventh of the time that 28 take.
const rows = layer('Reshape', 'rows', { target_shape: [4, 196] });

/** Small networks of each kind on images of MNIST. */
export const SMALL_NETWORKS = {
  /** 8 and 12 filters with batch norm behind them, 16 neurons. */
  cnn: sequentialOf(
    [28, 28, 1],
    [
      ...[conv('first', 8), layer('BatchNormalization', 'first_norm'), layer('ReLU', 'first_relu')],
      ...[conv('second', 12), layer('BatchNormalization', 'second_norm'), layer('ReLU', 'second_relu')],
      ...[layer('Flatten', 'flatten'), layer('Dense', 'hidden', { units: 16, activation: 'relu' }), digits],
    ],
  ),
  mlp: sequentialOf(
    [28, 28, 1],
    [layer('Flatten', 'flatten'), layer('Dense', 'hidden', { units: 16, activation: 'relu' }), digits],
  ),
  lstm: sequentialOf([28, 28, 1], [rows, layer('LSTM', 'lstm', { units: 12 }), digits]),
  gru: sequentialOf([28, 28, 1], [rows, layer('GRU', 'gru', { units: 12, reset_after: false }), digits]),
} satisfies Readonly<Record<string, Topology>>;

/** A trained baseline that is pruned in many ways. */
export interface PrunedSweep {
  readonly sweep: TinySweep;
  readonly baseline: Stage;
  readonly dense: Observation;
  /** A stage that prunes to a half at once, without training, or as `rest` says. */
  stage(method: Method, rest?: Partial<Prune>, parent?: Stage): Stage;
  prune(method: Method, rest?: Partial<Prune>, parent?: Stage): Promise<Observation>;
  stateOf(record: Pick<StageRecord, 'state'>): Promise<ModelState>;
}

/** Trains a network on 300 images, ten steps an epoch, two epochs; the weights of the start are kept. */
export async function prunedSweep(folder: string, topology: Topology): Promise<PrunedSweep> {
  const sweep = await tinySweep(folder);
  const stored = await storeLayersModel({ topology, weights: initialWeights(topology, 1) }, sweep.store);
  const baseline = sweep.baseline({ stored }, [0]);
  const { observation: dense } = await sweep.run(baseline);
  const stage: PrunedSweep['stage'] = (method, rest = {}, parent = baseline) =>
    sweep.child(parent, pruning({ method, training: { ...TRAINING, epochs: 0 }, ...rest }));
  return {
    ...{ sweep, baseline, dense, stage },
    prune: async (method, rest, parent) => (await sweep.run(stage(method, rest, parent))).observation,
    stateOf: sweep.stateOf,
  };
}
