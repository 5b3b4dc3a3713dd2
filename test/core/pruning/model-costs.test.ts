import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesSparse } from '../../../core/evaluation/bytes.js';
import { costsOf, nonzeroMacs } from '../../../core/models/costs.js';
import { modelParameters } from '../../../core/models/described-topology.js';
import type { Topology } from '../../../core/models/topology.js';
import { scoredKernels, weightScores } from '../../../core/pruning/criteria/index.js';
import type { MaskGranularity } from '../../../core/pruning/granularities/index.js';
import { kernelMasks } from '../../../core/pruning/kernel-masks.js';
import { criterionOf, granularityOf, scopeOf } from '../../../core/pruning/method.js';
import { shapeCost } from '../../../core/pruning/model-costs.js';
import { targetOf, unscoredLayers } from '../../../core/pruning/pruned-layers.js';
import { leastReachable } from '../../../core/pruning/selection/reachable.js';
import { settingsOf } from '../../../core/registry/index.js';
import type { Method } from '../../../core/sweep/spec.js';
import { masked } from '../../../core/training/pruning/prune-masks.js';
import { evidenceOf } from '../../support/evidence.js';
import { randomWeights, sequentialOf } from '../../support/tiny-networks.js';

/** A convolution whose weights are used at 16 positions, and dense layers; no side of their kernels is a multiple of 4. */
const MODEL = sequentialOf(
  [6, 6, 2],
  [
    { class_name: 'Conv2D', config: { name: 'conv', filters: 5, kernel_size: [3, 3] } },
    { class_name: 'Flatten', config: { name: 'flatten' } },
    { class_name: 'Dense', config: { name: 'hidden', units: 7 } },
    { class_name: 'Dense', config: { name: 'out', units: 3 } },
  ],
);
const BLOCKS: Method = {
  granularity: { block: { height: 4, width: 4, pooling: 'avg' } },
  ...{ criterion: 'magnitude', scope: 'global' },
};
const COUNTS = ['weights', 'parameters', 'macs', 'bytes'] as const;
type Count = (typeof COUNTS)[number];

/** What a model with these masks costs, counted from its weights. */
function costOf(topology: Topology, masks: ReadonlyMap<string, Uint8Array>, count: Count): number {
  const weights = masked(randomWeights(topology, 1), masks);
  const nonzero = new Map(weights.map(({ name, values }) => [name, values.filter((value) => value !== 0).length]));
  switch (count) {
    case 'weights':
      return [...masks.keys()].reduce((sum, name) => sum + (nonzero.get(name) ?? 0), 0);
    case 'parameters':
      return [...nonzero.values()].reduce((sum, own) => sum + own, 0);
    case 'macs':
      return nonzeroMacs(topology, nonzero);
    case 'bytes':
      // Biases have no zeros: their bitmap is left out.
      return bytesSparse(weights);
  }
}

function masksBy(method: Method, sparsity: number, seed: number): ReadonlyMap<string, Uint8Array> {
  const granularity = granularityOf(method) as MaskGranularity;
  const kernels = scoredKernels(MODEL, randomWeights(MODEL, seed)).map((kernel) => ({
    ...kernel,
    scores: weightScores(criterionOf(method), kernel, evidenceOf({}), {}),
  }));
  const granularitySettings = settingsOf(method.granularity);
  const choices = { granularity, granularitySettings, scope: scopeOf(method), scopeSettings: {} };
  return kernelMasks(kernels, choices, targetOf({ topology: MODEL, keptUnits: {} }, MODEL, method)(sparsity)).masks;
}

describe('costs of masked models', () => {
  it('given blocks that are smaller at the ends of kernels, then a target of any count is met, and a block less would not do', () => {
    const side = fc.integer({ min: 1, max: 5 });
    const scopes = fc.constantFrom('global', 'erk', 'layer');
    const seeds = fc.integer({ min: 1, max: 50 });
    const uses = new Map(modelParameters(MODEL).map((parameter) => [parameter.fullName, parameter.uses]));
    fc.assert(
      fc.property(
        ...[side, side, fc.constantFrom(...COUNTS), scopes, fc.double({ min: 0.1, max: 0.6, noNaN: true }), seeds],
        (height, width, count, scope, sparsity, seed) => {
          fc.pre(count !== 'weights' || scope !== 'layer');
          const granularity = { block: { height, width, pooling: 'avg' } };
          const method: Method = { granularity, criterion: 'magnitude', scope, count };
          const masks = masksBy(method, sparsity, seed);
          const atMost = (1 - sparsity) * shapeCost(MODEL, count) + (count === 'weights' ? 1 : 0);
          const cost = costOf(MODEL, masks, count);
          expect(cost).toBeLessThanOrEqual(atMost * (1 + 1e-9));
          const weight = { weights: 1, parameters: 1, bytes: 4, macs: Math.max(...uses.values()) }[count];
          expect(cost + height * width * weight).toBeGreaterThan(atMost - 2);
        },
      ),
    );
  });

  it('given blocks of several sizes, then the least that is left is the smallest block of each kernel', () => {
    const method: Method = { ...BLOCKS, count: 'macs' };
    const { macs } = costsOf(MODEL);
    // [18, 5], [80, 7], [7, 3]: 2 × 1, 4 × 3 and 3 × 3 weights, of which those of the convolution are used 16 times.
    expect(
      leastReachable(
        unscoredLayers(MODEL, method),
        targetOf({ topology: MODEL, keptUnits: {} }, MODEL, method)(0.5),
        [],
      ),
    ).toMatchObject({
      ...{ cost: 2 * 16 + 12 + 9, baseline: macs },
    });
  });

  it('given many sparsities, as of rounds, then the costs are worked out once', () => {
    const target = targetOf({ topology: MODEL, keptUnits: {} }, MODEL, { ...BLOCKS, count: 'macs' });
    expect(target(0.25).costs).toBe(target(0.5).costs);
  });
});
