import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zooModel } from '../../../../core/models/zoo/index.js';
import {
  CRITERIA,
  type Criterion,
  type Evidence,
  type ScoredKernel,
  type ScoredLayer,
  scoredLayers,
  unitScores,
  weightScores,
} from '../../../../core/pruning/criteria/index.js';
import { unitAxis } from '../../../../core/pruning/criteria/unit-rows.js';
import { createRandom, shuffle } from '../../../../core/random.js';
import type { Settings } from '../../../../core/registry/index.js';
import { errorOf } from '../../../support/errors.js';
import { evidenceOf } from '../../../support/evidence.js';
import { LAYER_KINDS, layerOf, randomEvidence } from '../../../support/scored-layers.js';
import { randomWeights } from '../../../support/tiny-networks.js';

const NAMES = CRITERIA.names();
const KINDS = [...LAYER_KINDS.keys()];

/** A criterion's settings as a spec leaves them. */
function defaults({ settings }: Criterion): Settings {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
}

/** Values along an axis of units, or blocks of them, in another order. */
function permuted(
  values: Float32Array,
  { shape, axes }: Pick<ScoredKernel, 'shape' | 'axes'>,
  order: readonly number[],
): Float32Array {
  return axes.reduce((all, { role }, axis) => {
    if (role !== 'out' && role !== 'gates') return all;
    const length = shape[axis] ?? 1;
    const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    return all.map((_, i) => {
      const place = Math.floor(i / stride) % length;
      const [block, unit] = [Math.floor(place / order.length), place % order.length];
      const from = block * order.length + (order[unit] ?? 0);
      return all[i + (from - place) * stride] ?? Number.NaN;
    });
  }, values);
}

/** A layer and what is measured of it, with its units in another order. */
function reordered(layer: ScoredLayer, evidence: Evidence, order: readonly number[]): [ScoredLayer, Evidence] {
  const kernels = layer.kernels.map((kernel) => ({ ...kernel, values: permuted(kernel.values, kernel, order) }));
  const units = (values: Float32Array) => values.map((_, unit) => values[order[unit] ?? 0] ?? Number.NaN);
  const weights = (all: ReadonlyMap<string, Float32Array>) =>
    new Map(
      layer.kernels.map((kernel) => [kernel.weight, permuted(all.get(kernel.weight) ?? kernel.values, kernel, order)]),
    );
  const { mean, meanAbsolute, zeros } = evidence.outputs().get(layer.layer) ?? {
    mean: new Float32Array(),
    meanAbsolute: new Float32Array(),
    zeros: new Float32Array(),
  };
  const isRecurrent = ({ axes }: ScoredKernel) => axes[0]?.role === 'out' && unitAxis({ axes }) === 1;
  const norms = new Map(
    layer.kernels.map((kernel) => {
      const own = evidence.inputNorms().get(kernel.weight) ?? new Float32Array();
      return [kernel.weight, isRecurrent(kernel) ? units(own) : own];
    }),
  );
  const own = evidenceOf({
    gradients: () => weights(evidence.gradients()),
    hessianGradient: () => weights(evidence.gradients()),
    synapticFlow: () => weights(evidence.gradients()),
    movement: () => weights(evidence.gradients()),
    outputs: () =>
      new Map([[layer.layer, { mean: units(mean), meanAbsolute: units(meanAbsolute), zeros: units(zeros) }]]),
    inputNorms: () => norms,
    featureRanks: () => new Map([[layer.layer, units(evidence.featureRanks().get(layer.layer) ?? mean)]]),
    exampleGradients: (weight, examples) => {
      const { values } = evidence.exampleGradients(weight, examples);
      const kernel = layer.kernels.find((each) => each.weight === weight);
      if (kernel === undefined) throw new Error(`no kernel ${weight}`);
      const size = kernel.values.length;
      const rows = [0, 1, 2].map((row) => permuted(values.slice(row * size, (row + 1) * size), kernel, order));
      return { examples: 3, values: Float32Array.from(rows.flatMap((row) => [...row])) };
    },
    scaleBehind: () => units(evidence.scaleBehind(layer.layer) ?? mean),
  });
  return [{ ...layer, kernels }, own];
}

describe.each(NAMES)('the criterion %s', (name) => {
  const criterion = CRITERIA.get(name);
  // One block for the whole kernel: smaller ones lie side by side in memory, whatever the units' order.
  const settings = name === 'woodfisher' ? { ...defaults(criterion), blockSize: 1000 } : defaults(criterion);

  it.each(KINDS)(
    'given %s, then it has a finite score for each unit, and for each weight if it scores weights',
    (kind) => {
      const layer = layerOf(kind, 2);
      const evidence = randomEvidence(layer, 3);
      const scores = unitScores(criterion, layer, evidence, settings);
      expect(scores).toHaveLength(4);
      expect(scores.every(Number.isFinite)).toBe(true);
      if (criterion.weights === undefined) return;
      for (const kernel of layer.kernels) {
        const own = weightScores(criterion, kernel, evidence, settings);
        expect(own).toHaveLength(kernel.values.length);
        expect(own.every(Number.isFinite)).toBe(true);
      }
    },
  );

  it.runIf(name !== 'random')('given units in another order, then their scores are in that order', () => {
    // Hyperplanes lie anew to a recurrent kernel whose inputs are in another order.
    const kinds = name === 'lsh' ? ['Dense', 'Conv2D', 'Conv2DTranspose'] : KINDS;
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 1000 }), (kind, seed) => {
        const layer = layerOf(kind, seed);
        const evidence = randomEvidence(layer, seed + 1);
        const order = shuffle([0, 1, 2, 3], createRandom(seed));
        const expected = unitScores(criterion, layer, evidence, settings);
        const found = unitScores(criterion, ...reordered(layer, evidence, order), settings);
        found.forEach((score, unit) => {
          const before = expected[order[unit] ?? 0] ?? Number.NaN;
          expect(Math.abs(score - before)).toBeLessThanOrEqual(1e-4 * Math.max(1e-3, Math.abs(before)));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('given its settings, then every default is within its bounds', () => {
    for (const setting of Object.values(criterion.settings)) {
      if (setting.kind !== 'number') continue;
      expect(setting.default).toBeGreaterThanOrEqual(setting.minimum ?? Number.NEGATIVE_INFINITY);
      expect(setting.default).toBeLessThanOrEqual(setting.maximum ?? Number.POSITIVE_INFINITY);
    }
  });
});

describe('criteria', () => {
  it('given a criterion of units, when weights are to be scored, then it is refused with the kernel', async () => {
    const [kernel] = layerOf('Dense', 1).kernels;
    const scoring = () => kernel && weightScores(CRITERIA.get('fpgm'), kernel, evidenceOf({}), {});
    const error = await errorOf('PRUNEFRONT_SPEC_CONFLICT', scoring);
    expect(error.facts).toMatchObject({ place: 'own/kernel', found: 'fpgm' });
  });

  it('given a weight that nothing is measured of, then it is refused with the weight', async () => {
    const layer = layerOf('Dense', 1);
    const evidence = evidenceOf({ gradients: () => new Map() });
    const error = await errorOf('PRUNEFRONT_SPEC_CONFLICT', () =>
      unitScores(CRITERIA.get('snip'), layer, evidence, {}),
    );
    expect(error.facts.place).toBe('own/kernel');
  });

  it('given a layer without batch norm behind it, then batchNormScale does not fit it, and refuses it by name', async () => {
    const criterion = CRITERIA.get('batchNormScale');
    expect(criterion.unfit?.(zooModel('residualCnn'), 'block1_1')).toBeNull();
    expect(criterion.unfit?.(zooModel('mnistCnn'), 'conv1')).toMatchObject({ allowed: expect.stringContaining('l1') });
    const evidence = evidenceOf({ scaleBehind: () => null });
    const error = await errorOf('PRUNEFRONT_SPEC_CONFLICT', () =>
      unitScores(criterion, layerOf('Dense', 1), evidence, {}),
    );
    expect(error.facts.place).toBe('own');
  });

  it('given the zoo, then layers with units are those with kernels of their own', () => {
    const topology = zooModel('lstm64');
    const layers = scoredLayers(topology, randomWeights(topology, 1));
    expect(layers.map(({ layer, units, kernels }) => [layer, units, kernels.map(({ weight }) => weight)])).toEqual([
      ['lstm', 64, ['lstm/kernel', 'lstm/recurrent_kernel']],
      ['dense', 10, ['dense/kernel']],
    ]);
  });
});
