import { describe, expect, it } from 'vitest';
import { costsOf } from '../../../core/models/costs.js';
import { prunableKernels } from '../../../core/models/prunable.js';
import { ZOO_NAMES, zooModel } from '../../../core/models/zoo/index.js';
import { errorOf } from '../../support/errors.js';

describe('the zoo', () => {
  it.each([
    ['mnistCnn', 34_826, 2_440_960],
    ['mnistMlp', 50_890, 50_816],
    ['lenet300100', 266_610, 266_200],
    ['lenet5', 431_080, 2_293_000],
  ])('given %s, then it has %i parameters and %i multiply-accumulates', (name, parameters, macs) => {
    expect(costsOf(zooModel(name))).toEqual({ parameters, macs });
  });

  it('given any of its models, then every kernel can be pruned, the output layer’s included', () => {
    for (const name of ZOO_NAMES) {
      expect(prunableKernels(zooModel(name)).at(-1)).toMatchObject({ layer: 'dense', units: 10 });
    }
  });

  it('given a misspelt name, then the nearest one is told', async () => {
    const error = await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () => zooModel('mnistCNN'));
    expect(error.facts.hint).toBe('did you mean mnistCnn?');
  });
});
