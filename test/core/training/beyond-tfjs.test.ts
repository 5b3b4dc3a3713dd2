import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Method } from '../../../core/sweep/spec.js';
import { storeModel } from '../../../core/training/stages/initial-state.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { type Layer, sequentialOf } from '../../support/tiny-networks.js';
import { pruning, savedModel, type TinySweep, TRAINING, tinySweep } from '../../support/tiny-sweep.js';

const out: Layer = { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } };
const layer = (class_name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name: class_name.toLowerCase(), ...config },
});
const rows = layer('Reshape', { target_shape: [28, 28] });
const flat = layer('Reshape', { name: 'flat', target_shape: [-1] });
const small = layer('AveragePooling2D', { pool_size: [4, 4] });
const gru = { units: 12, recurrent_activation: 'sigmoid', reset_after: true };

const MODELS: readonly (readonly [name: string, layers: readonly Layer[], granularity: 'unit' | 'filter'])[] = [
  ['a GRU with reset_after', [rows, layer('GRU', gru)], 'unit'],
  [
    'both directions of one',
    [rows, layer('Bidirectional', { layer: layer('GRU', gru), merge_mode: 'concat' })],
    'unit',
  ],
  ['a causal Conv1D', [rows, layer('Conv1D', { filters: 6, kernel_size: [3], padding: 'causal' }), flat], 'filter'],
  [
    'a dilated Conv2D before a depthwise one',
    [
      small,
      layer('Conv2D', { filters: 6, kernel_size: [2, 2], dilation_rate: [2, 2] }),
      layer('DepthwiseConv2D', { kernel_size: [2, 2], dilation_rate: [2, 2], padding: 'valid' }),
      flat,
    ],
    'filter',
  ],
  [
    'a batch norm of volumes',
    [
      small,
      layer('Reshape', { target_shape: [7, 7, 1, 1] }),
      layer('Conv3D', { filters: 6, kernel_size: [3, 3, 1] }),
      layer('BatchNormalization'),
      layer('ThresholdedReLU', { theta: 0.1 }),
      flat,
    ],
    'filter',
  ],
];

describe('stages of models that tfjs alone does not run', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let folder: string;
  let sweep: TinySweep;

  beforeAll(async () => {
    folder = await temporaryFolder();
    sweep = await tinySweep(folder);
  });

  it.each(MODELS)(
    'given %s, then it trains compiled, and half of its units go with a proof',
    async (name, layers, granularity) => {
      const file = await savedModel(join(folder, name), sequentialOf([28, 28, 1], [...layers, out]));
      const stored = await storeModel(file, sweep.store);
      const baseline = sweep.baseline({ stored }, [], { ...TRAINING, epochs: 5 });
      const { observation: dense } = await sweep.run(baseline);
      expect(dense.engine).toEqual({ kind: 'compiled', precision: 'float32' });
      expect(dense.curve.at(-1)?.loss).toBeLessThan(dense.curve[0]?.loss ?? 0);
      const method: Method = { granularity, criterion: 'l1', scope: 'layer' };
      const { observation } = await sweep.run(sweep.child(baseline, pruning({ method })));
      expect(observation).toMatchObject({ reachedSparsity: 0.5, engine: { kind: 'compiled' } });
      expect(observation.parameters).toBeLessThan(dense.parameters);
      expect(observation.surgeryDifference).toBeLessThan(1e-4);
    },
  );
});
