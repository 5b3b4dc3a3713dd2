import { describe, expect, it } from 'vitest';
import { CRITERIA, type Criterion, unitScores, weightScores } from '../../../../core/pruning/criteria/index.js';
import { defaultsOf } from '../../../../core/registry/index.js';
import { errorOf } from '../../../support/errors.js';
import { layerOf, randomEvidence } from '../../../support/scored-layers.js';

const layer = layerOf('Dense', 1);
const evidence = randomEvidence(layer, 2);
const [kernel] = layer.kernels;
if (kernel === undefined) throw new Error('no kernel');

/** A criterion whose scores are all alike. */
function all(score: number): Criterion {
  const weights: Criterion['weights'] = ({ values }) => values.map(() => score);
  return { name: 'own', summary: 's', source: 's', settings: {}, weights };
}

describe('scores that are not finite', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'given %d by a criterion, then weights and units are refused with its name and the layer',
    async (score) => {
      const ofWeights = await errorOf('PRUNEFRONT_DIVERGED', () => weightScores(all(score), kernel, evidence, {}));
      expect(ofWeights.message).toBe('The criterion own gives scores of own/kernel that are not finite');
      expect(ofWeights.facts).toMatchObject({
        place: 'own/kernel',
        found: `20 of 20 scores are NaN or infinite, the first ${score}`,
      });
      await errorOf('PRUNEFRONT_DIVERGED', () => unitScores(all(score), layer, evidence, {}));
    },
  );

  it('given finite scores whose sum over a unit is not, then the layer is refused', async () => {
    const { facts } = await errorOf('PRUNEFRONT_DIVERGED', () => unitScores(all(3e38), layer, evidence, {}));
    expect(facts.place).toBe('own');
  });

  it.each(['snip', 'grasp', 'taylor', 'woodfisher', 'obd'])(
    'given weights and measures that are too large for %s, then they are refused',
    async (name) => {
      const criterion = CRITERIA.get(name);
      const huge = { ...kernel, values: kernel.values.map((value) => value * 1e38) };
      const large = new Map([[kernel.weight, kernel.values.map(() => 1e38)]]);
      const measured = {
        ...evidence,
        gradients: () => large,
        hessianGradient: () => large,
        exampleGradients: () => ({ examples: 1, values: kernel.values.map(() => 1e38) }),
      };
      const { message } = await errorOf('PRUNEFRONT_DIVERGED', () =>
        weightScores(criterion, huge, measured, defaultsOf(criterion)),
      );
      expect(message).toContain(name);
    },
  );
});
