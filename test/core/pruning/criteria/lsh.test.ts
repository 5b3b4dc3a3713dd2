import { describe, expect, it } from 'vitest';
import { type NamedTensor, sizeOf } from '../../../../core/models/named-tensor.js';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { CRITERIA, type ScoredLayer, scoredLayers, unitScores } from '../../../../core/pruning/criteria/index.js';
import { evidenceOf } from '../../../support/evidence.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';

const tf = loadTensorFlow();
const LSH = CRITERIA.get('lsh');
const SETTINGS = { hyperplanes: 12, tables: 4 };
const evidence = evidenceOf({});

const MODEL = sequentialOf(
  [6, 6, 2],
  [
    { class_name: 'Conv2D', config: { name: 'a', filters: 6, kernel_size: [3, 3], activation: 'relu' } },
    { class_name: 'Conv2D', config: { name: 'b', filters: 3, kernel_size: [2, 2] } },
    { class_name: 'Flatten', config: { name: 'flat' } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
  ],
);

/** Copies entries along an axis of a weight. */
function along(
  { name, shape, values }: NamedTensor,
  axis: number,
  change: (slice: Float32Array[]) => Float32Array[],
): NamedTensor {
  const stride = sizeOf(shape.slice(axis + 1));
  const length = shape[axis] ?? 1;
  const slices = Array.from({ length }, (_, at) => values.filter((_each, i) => Math.floor(i / stride) % length === at));
  const changed = change(slices);
  const taken = new Uint32Array(length);
  const next = values.map((_, i) => {
    const at = Math.floor(i / stride) % length;
    const from = taken[at] ?? 0;
    taken[at] = from + 1;
    return changed[at]?.[from] ?? 0;
  });
  return { name, shape, values: next };
}

/** The model where units 1 and 4 of layer a are what unit 2 is, and 5 is what 0 is. */
const weights = randomWeights(MODEL, 3).map((weight) =>
  weight.name.startsWith('a/')
    ? along(weight, weight.shape.length - 1, (units) =>
        [0, 2, 2, 3, 2, 0].map((unit) => units[unit] ?? new Float32Array()),
      )
    : weight,
);

function layerA(of: readonly NamedTensor[]): ScoredLayer {
  const layer = scoredLayers(MODEL, of).find(({ layer: name }) => name === 'a');
  if (layer === undefined) throw new Error('no layer a');
  return layer;
}

async function outputsOf(of: readonly NamedTensor[]): Promise<Float32Array> {
  const network = await Network.build(tf, MODEL, of);
  const x = tf.tensor(
    Float32Array.from({ length: 4 * 72 }, (_, i) => Math.sin(i * 1.7)),
    [4, 6, 6, 2],
  );
  const y = tf.tidy(() => network.forward(x, null).dataSync() as Float32Array);
  x.dispose();
  network.dispose();
  return y;
}

describe('locality-sensitive hashing of units', () => {
  it('given copies of units, then those of the larger group go first, one of each stays, and the rest goes by norm', () => {
    const scores = unitScores(LSH, layerA(weights), evidence, SETTINGS);
    const order = [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
    expect(new Set(order.slice(0, 2))).toEqual(new Set([2, 4]));
    expect(order[2]).toBe(5);
    const norms = unitScores(CRITERIA.get('l2'), layerA(weights), evidence, {});
    for (const unit of [0, 1, 3]) expect(scores[unit]).toBe(norms[unit]);
  });

  it('given the copies removed, then each names the one of its group that stays', () => {
    const merge = (kept: readonly number[]) => [...(LSH.merge?.(layerA(weights), kept, evidence, SETTINGS) ?? [])];
    expect(merge([0, 1, 3])).toEqual([
      [2, 1],
      [4, 1],
      [5, 0],
    ]);
    expect(merge([0, 1, 2, 3, 4, 5])).toEqual([]);
    expect(merge([3, 4])).toEqual([
      [1, 4],
      [2, 4],
    ]);
  });

  it('given the outgoing weights of removed copies added to those of what stays, then the outputs are what they were', async () => {
    const merged = LSH.merge?.(layerA(weights), [0, 1, 3], evidence, SETTINGS) ?? new Map();
    const taken = weights.map((weight) => {
      if (weight.name.startsWith('a/'))
        return along(weight, weight.shape.length - 1, (units) =>
          units.map((unit, i) => (merged.has(i) ? unit.map(() => 0) : unit)),
        );
      if (weight.name !== 'b/kernel') return weight;
      return along(weight, 2, (inputs) =>
        inputs.map((input, i) => {
          const heirs = [...merged].flatMap(([removed, heir]) => (heir === i ? [inputs[removed] ?? input] : []));
          return input.map((value, k) => heirs.reduce((sum, heir) => sum + (heir[k] ?? 0), value));
        }),
      );
    });
    const [expected, found] = [await outputsOf(weights), await outputsOf(taken)];
    expected.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
  });

  it('given units of different directions, then none is redundant', () => {
    const layer = layerA(randomWeights(MODEL, 9));
    expect(unitScores(LSH, layer, evidence, SETTINGS)).toEqual(unitScores(CRITERIA.get('l2'), layer, evidence, {}));
  });

  it('given units without weights, then they are in no group', () => {
    const empty = weights.map((weight) => ({ ...weight, values: weight.values.map(() => 0) }));
    expect([...unitScores(LSH, layerA(empty), evidence, SETTINGS)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
