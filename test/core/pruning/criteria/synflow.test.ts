import { afterAll, describe, expect, it } from 'vitest';
import { describeTopology } from '../../../../core/models/described-topology.js';
import { zooModel } from '../../../../core/models/zoo/index.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import {
  CRITERIA,
  placeAlong,
  scoredLayers,
  unitScores,
  weightScores,
} from '../../../../core/pruning/criteria/index.js';
import { sumOverUnits } from '../../../../core/pruning/criteria/unit-rows.js';
import { type MeasuredEvidence, measureEvidence } from '../../../../core/training/criteria/measured-evidence.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const SYNFLOW = CRITERIA.get('synflow');
const RELU = sequentialOf(
  [6, 6, 2],
  [
    {
      class_name: 'Conv2D',
      config: { name: 'a', filters: 5, kernel_size: [3, 3], activation: 'relu', use_bias: false },
    },
    {
      class_name: 'Conv2D',
      config: { name: 'b', filters: 4, kernel_size: [2, 2], activation: 'relu', use_bias: false },
    },
    { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } },
    { class_name: 'Dense', config: { name: 'c', units: 6, activation: 'relu', use_bias: false } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax', use_bias: false } },
  ],
);

describe('synaptic flow', () => {
  const open: MeasuredEvidence[] = [];
  afterAll(() => {
    for (const each of open) each.dispose();
  });

  async function flowOf(topology: typeof RELU, weights: ReturnType<typeof randomWeights>, shape: readonly number[]) {
    const data = examplesOf(4, shape, 3);
    const evidence = await measureEvidence({ tf, topology, weights, data, seed: 1, examples: 1, batchSize: 1 });
    open.push(evidence);
    return evidence;
  }

  it('given a ReLU network, then what flows into each unit of a layer flows out of it, and all layers pass the same', async () => {
    const weights = randomWeights(RELU, 5);
    const evidence = await flowOf(RELU, weights, [6, 6, 2]);
    const layers = scoredLayers(RELU, weights);
    const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);
    const flows = layers.map((layer) => unitScores(SYNFLOW, layer, evidence, { iterations: 100 }));
    const [first = 0, ...rest] = flows.map(total);
    for (const flow of rest) expect(flow / first).toBeCloseTo(1, 5);
    layers.slice(1).forEach(({ kernels: [kernel] }, i) => {
      if (kernel === undefined) throw new Error('no kernel');
      const scores = weightScores(SYNFLOW, kernel, evidence, { iterations: 100 });
      const into = placeAlong(kernel, kernel.shape.length - 2);
      const leaving = new Float64Array(kernel.shape.at(-2) ?? 0);
      scores.forEach((score, place) => {
        leaving[into(place)] = (leaving[into(place)] ?? 0) + score;
      });
      leaving.forEach((flow, unit) => {
        expect(flow / (flows[i]?.[unit] ?? Number.NaN)).toBeCloseTo(1, 4);
      });
    });
  });

  it('given its iterations, then scores are taken anew as often', () => {
    expect(SYNFLOW.rounds?.({ iterations: 100 })).toBe(100);
  });

  it.each(['mnistCnn', 'lenet300100'])(
    'given %s pruned to where no path is left through a unit, then all of it scores zero',
    async (model) => {
      const topology = zooModel(model);
      const [first = '', second = ''] = describeTopology(topology).flatMap(({ flow }, i) =>
        flow.kind === 'produces' ? [topology.nodes[i]?.name ?? ''] : [],
      );
      // Unit 0 of the first layer has no weight and no bias.
      const weights = randomWeights(topology, 5).map((weight) =>
        weight.name.startsWith(`${first}/`)
          ? { ...weight, values: weight.values.map((value, i) => (i % (weight.shape.at(-1) ?? 1) === 0 ? 0 : value)) }
          : weight,
      );
      const evidence = await flowOf(topology, weights, [28, 28, 1]);
      const layer = scoredLayers(topology, weights).find(({ layer: name }) => name === second);
      const [kernel] = layer?.kernels ?? [];
      if (kernel === undefined || layer === undefined) throw new Error('no kernel');
      const scores = weightScores(SYNFLOW, kernel, evidence, { iterations: 100 });
      const into = placeAlong(kernel, kernel.shape.length - 2);
      expect(scores.filter((_, place) => into(place) === 0).every((score) => score === 0)).toBe(true);
      expect(sumOverUnits(layer, () => scores).every((flow) => flow > 0)).toBe(true);
    },
  );
});
