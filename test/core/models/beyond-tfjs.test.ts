import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beyondTfjs } from '../../../core/models/beyond-tfjs.js';
import { inputShape } from '../../../core/models/described-topology.js';
import { modelFiles } from '../../../core/models/model-file.js';
import { sizeOf } from '../../../core/models/named-tensor.js';
import type { Topology } from '../../../core/models/topology.js';
import { ZOO_NAMES, zooModel } from '../../../core/models/zoo/index.js';
import { Network } from '../../../core/network/network.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { modelCard } from '../../../core/report/model-card.js';
import { type Layer, randomWeights, sequentialOf } from '../../support/tiny-networks.js';
import { sampleResult } from '../report/sample-result.js';

const tf = loadTensorFlow();

const layer = (class_name: string, config: Readonly<Record<string, unknown>> = {}, name = 'it'): Layer => ({
  class_name,
  config: { name, ...config },
});
const OUT = [layer('Flatten', {}, 'flat'), layer('Dense', { units: 2 }, 'out')];
/** All of it runs in tfjs. */
const PLAIN = sequentialOf([2], OUT);
const modelOf = (shape: readonly number[], ...layers: readonly Layer[]): Topology =>
  sequentialOf(shape, [...layers, ...OUT]);
const gru = (reset_after: boolean, name?: string): Layer =>
  layer('GRU', { units: 3, return_sequences: true, recurrent_activation: 'sigmoid', reset_after }, name);
const depthwise = (rate: number): Layer =>
  layer('DepthwiseConv2D', { kernel_size: [2, 2], dilation_rate: [rate, rate] });
const embedding = (mask_zero: boolean): Layer =>
  layer('Embedding', { input_dim: 9, output_dim: 3, mask_zero }, 'table');
const softmax = layer('Softmax', { axis: -1 });

/** Models with what tfjs lacks in them, by what a card says of it, and their like without it. */
const CASES: readonly (readonly [string, Topology, string | null])[] = [
  ['a GRU with reset_after', modelOf([4, 2], gru(true)), 'GRU with `reset_after` (`it`)'],
  ['another GRU', modelOf([4, 2], gru(false)), null],
  [
    'both directions of a GRU with reset_after',
    modelOf([4, 2], layer('Bidirectional', { merge_mode: 'concat', layer: gru(true, 'gru') })),
    'GRU with `reset_after` (`it`)',
  ],
  [
    'a causal convolution',
    modelOf([6, 2], layer('Conv1D', { filters: 2, kernel_size: [2], padding: 'causal' })),
    'causal convolution (`it`)',
  ],
  [
    'a dilated convolution',
    modelOf([6, 2], layer('Conv1D', { filters: 2, kernel_size: [2], dilation_rate: [2] })),
    null,
  ],
  ['a dilated depthwise convolution', modelOf([5, 5, 2], depthwise(2)), 'dilated depthwise convolution (`it`)'],
  ['another depthwise convolution', modelOf([5, 5, 2], depthwise(1)), null],
  [
    'a dilated separable convolution',
    modelOf([5, 5, 2], layer('SeparableConv2D', { filters: 3, kernel_size: [2, 2], dilation_rate: [2, 2] })),
    null,
  ],
  ['a batch norm of volumes', modelOf([2, 3, 2, 2], layer('BatchNormalization')), 'batch norm of volumes (`it`)'],
  [
    'a batch norm of images, step by step',
    modelOf([2, 3, 2, 2], layer('TimeDistributed', { layer: layer('BatchNormalization', {}, 'norm') })),
    null,
  ],
  ['a softmax behind a mask', modelOf([4], embedding(true), softmax), 'softmax behind steps that are left out (`it`)'],
  [
    'a softmax far behind a mask',
    modelOf(
      [4],
      embedding(true),
      layer('LSTM', { units: 3 }, 'lstm'),
      layer('Reshape', { target_shape: [3, 1] }, 'r'),
      softmax,
    ),
    'softmax behind steps that are left out (`it`)',
  ],
  ['a softmax without a mask', modelOf([4], embedding(false), softmax), null],
];

/** Loads every model of the folder in plain tfjs, and prints its outputs; null where it is refused. */
const PROGRAM = `
import { existsSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
const found = [];
for (let i = 0; existsSync(i + '.json'); i++) {
  const { model, weightData, x, shape } = JSON.parse(readFileSync(i + '.json', 'utf8'));
  try {
    const bytes = new Uint8Array(Buffer.from(weightData, 'base64')).buffer;
    const [{ weights: weightSpecs }] = model.weightsManifest;
    const loaded = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology: model.modelTopology, weightSpecs, weightData: bytes }));
    found.push([...loaded.predict(tf.tensor(x, shape)).dataSync()]);
  } catch { found.push(null); }
}
console.log('found ' + JSON.stringify(found));
`;

describe('what of a model tfjs does not run', () => {
  // Inside the clone, so that the program finds the packages.
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, 'node_modules/.cache/beyond-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const own: Float32Array[] = [];
  let plain: (number[] | null)[] = [];

  beforeAll(async () => {
    for (const [i, [, topology]] of CASES.entries()) {
      const weights = randomWeights(topology, 1);
      const { modelJson, weightsBin } = modelFiles(topology, weights);
      const shape = [2, ...inputShape(topology)];
      const x = Array.from({ length: sizeOf(shape) }, (_, at) => (at * 5) % 9);
      const weightData = Buffer.from(weightsBin).toString('base64');
      writeFileSync(join(folder, `${i}.json`), JSON.stringify({ model: JSON.parse(modelJson), weightData, x, shape }));
      const network = await Network.build(tf, topology, weights);
      own.push(tf.tidy(() => network.forward(tf.tensor(x, shape), null).dataSync()) as Float32Array);
      network.dispose();
    }
    writeFileSync(join(folder, 'all.mjs'), PROGRAM);
    const printed = execFileSync(process.execPath, ['all.mjs'], { cwd: folder, encoding: 'utf8' });
    plain = JSON.parse(/^found (.*)$/m.exec(printed)?.[1] ?? '[]');
  });

  it.each(CASES.map(([name, topology, said], i) => ({ name, topology, said, i })))(
    'given $name, then the card says so where plain tfjs refuses it or gives other outputs, and only there',
    ({ topology, said, i }) => {
      expect(beyondTfjs(topology)).toEqual(said === null ? [] : [said]);
      const difference = plain[i]?.map((value, at) => Math.abs(value - (own[i]?.[at] ?? Number.NaN)));
      const isAlike = difference?.every((each) => each < 1e-4);
      expect(isAlike ?? false).toBe(said === null);
      const line = `tfjs cannot run this model, or not as it was measured, with native code or without: ${said}.\n`;
      const card = modelCard(sampleResult(), 'c011', topology);
      if (said === null) expect(card).toBe(modelCard(sampleResult(), 'c011', PLAIN));
      else expect(card).toContain(line);
    },
  );

  it('given the zoo, then tfjs runs all of it', () => {
    for (const name of ZOO_NAMES) expect(beyondTfjs(zooModel(name)), name).toEqual([]);
  });
});
