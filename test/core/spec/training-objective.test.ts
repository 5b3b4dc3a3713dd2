import { describe, expect, it } from 'vitest';
import { keyedStage } from '../../../core/search/stage-key.js';
import { baselineStage, candidateStages, evaluationStage } from '../../../core/search/stages.js';
import { change, parse, refusal } from './parse.js';

const baseline = (keys: string, model = 'mnistCnn'): string =>
  change('optimizer: adam', `optimizer: adam, ${keys}`, change('mnistCnn', model));
const ADAM = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
const TEN = '[1, 1, 1, 1, 1, 2, 1, 1, 1, 0.5]';

describe('the objective of trainings in a spec', () => {
  it.each([
    ['classWeights: balanced', { classWeights: 'balanced' }],
    [`classWeights: ${TEN}`, { classWeights: [1, 1, 1, 1, 1, 2, 1, 1, 1, 0.5] }],
    ['clip: { globalNorm: 1 }', { clip: { globalNorm: 1 } }],
    ['clip: { norm: 0.5 }', { clip: { norm: 0.5 } }],
    ['clip: { value: 2 }', { clip: { value: 2 } }],
    ['penalty: { l1: 1e-5 }', { penalty: { l1: 1e-5 } }],
    ['penalty: { l1: 1e-5, l2: 1e-4 }', { penalty: { l1: 1e-5, l2: 1e-4 } }],
  ])('given %s, then every training has it, and its stages are others', async (written, parts) => {
    const plain = await parse(baseline('seed: 1'));
    const spec = await parse(baseline(written));
    expect(spec.baseline).toEqual({ ...plain.baseline, ...parts });
    const dense = baselineStage(spec, 'data', { zoo: 'mnistCnn' });
    const [method, schedule, recovery] = [spec.space.method[0], spec.space.schedule[0], spec.space.recovery[0]];
    if (method === undefined || schedule === undefined || recovery === undefined) throw new Error('no point');
    const stages = [dense, ...candidateStages(spec, dense, { method, sparsity: 0.8, schedule, recovery })];
    for (const { operation } of stages) expect(operation).toMatchObject({ training: parts });
    expect(dense.key).not.toBe(baselineStage(plain, 'data', { zoo: 'mnistCnn' }).key);
    // Nothing is trained there.
    expect(evaluationStage(spec, 'data', 'model').key).toBe(evaluationStage(plain, 'data', 'model').key);
  });

  it('given none of it, then stages have the keys that they had before', async () => {
    const spec = await parse(baseline('seed: 1'));
    const { operation, key } = baselineStage(spec, 'data', { zoo: 'mnistCnn' });
    expect(operation.kind === 'baseline' && Object.keys(operation.training)).toEqual([
      'epochs',
      'batchSize',
      'optimizer',
    ]);
    const training = { epochs: 2, batchSize: 64, optimizer: { adam: ADAM } };
    const before = { kind: 'baseline', model: { zoo: 'mnistCnn' }, training, keepEpochs: [] } as const;
    expect(key).toBe(keyedStage({ parent: null, baseline: null, dataset: 'data', seed: 1, operation: before }).key);
  });

  it('given a penalty on scales of batch norm and a model with some, then it is taken', async () => {
    const { penalty } = (await parse(baseline('penalty: { gamma: 1e-4 }', 'residualCnn'))).baseline;
    expect(penalty).toEqual({ gamma: 1e-4 });
  });

  it.each([
    [
      'too few class weights',
      'classWeights: [1, 2]',
      {
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        place: 'sweep.yaml:4:55 baseline.classWeights',
        found: '2 weights',
        allowed: "balanced, or 10 weights, one for each class of the model's output",
      },
    ],
    [
      'class weights of zero',
      'classWeights: [0, 0]',
      { code: 'PRUNEFRONT_SPEC_CONFLICT', allowed: 'at least one weight more than 0' },
    ],
    ['a negative class weight', 'classWeights: [1, -1]', { code: 'PRUNEFRONT_SPEC_RANGE', found: '-1' }],
    [
      'a misspelt word for class weights',
      'classWeights: balance',
      { code: 'PRUNEFRONT_SPEC_VALUE', hint: 'did you mean balanced?' },
    ],
    [
      'two ways of clipping',
      'clip: { norm: 1, value: 1 }',
      { code: 'PRUNEFRONT_SPEC_CONFLICT', allowed: 'one of globalNorm, norm, value' },
    ],
    ['clipping to nothing', 'clip: { norm: 0 }', { code: 'PRUNEFRONT_SPEC_RANGE', allowed: 'a number, more than 0' }],
    [
      'a misspelt way of clipping',
      'clip: { globalNrom: 1 }',
      { code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY', hint: 'did you mean globalNorm?' },
    ],
    ['a number for clipping', 'clip: 1', { code: 'PRUNEFRONT_SPEC_TYPE' }],
    ['a penalty without a factor', 'penalty: {}', { code: 'PRUNEFRONT_SPEC_MISSING', allowed: 'l1, l2, gamma' }],
    ['an unknown penalty', 'penalty: { l3: 1 }', { code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY', allowed: 'l1, l2, gamma' }],
    [
      'a penalty on scales of a model without batch norm',
      'penalty: { gamma: 1e-4 }',
      { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:4:59 baseline.penalty.gamma', allowed: 'l1, l2' },
    ],
  ])('given %s, then it is refused with the place and what is allowed', async (_, written, expected) => {
    expect(await refusal(baseline(written))).toMatchObject(expected);
  });
});
