import { describe, expect, it } from 'vitest';
import { suggestCandidates } from '../../../core/search/candidates.js';
import { planSweep } from '../../../core/search/plan.js';
import { baselineStage } from '../../../core/search/stages.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';
import { change, parse, refusal, SHORT } from './parse.js';

const withCompression = (written: string, text = SHORT): string => `${text}  compression: ${written}\n`;

const QUANTIZE = {
  quantize: {
    ...{ bits: 8, scheme: 'symmetric', per: 'channel', precision: 'uniform' },
    ...{ activations: 'none', activationBits: 8, percentile: 0.9999, momentum: 0.9 },
  },
};
const CLUSTER = { cluster: { clusters: 16, initialization: 'linear' } };
const FACTORIZE = { factorize: { rank: 'energy', fraction: 0.9, convolutions: 'channel' } };

const pipelines = async (written: string) => (await parse(withCompression(written))).space.compression;
const candidatesOf = (spec: SweepSpec) =>
  suggestCandidates(spec, baselineStage(spec, 'data', { zoo: 'mnistCnn' }), 0, spec.budget.candidates);

describe('space.compression', () => {
  it('given nothing, then the spec, its points and its stages say nothing of it', async () => {
    const spec = await parse(SHORT);
    expect(spec.space).not.toHaveProperty('compression');
    expect(JSON.stringify(candidatesOf(spec))).not.toContain('compress');
    const [bare] = candidatesOf(await parse(withCompression('none')));
    expect(bare).toEqual(candidatesOf(spec)[0]);
  });

  it.each([
    ['none', [{ steps: ['prune'] }]],
    ['quantize', [{ steps: ['prune', QUANTIZE] }]],
    ['[none, quantize]', [{ steps: ['prune'] }, { steps: ['prune', QUANTIZE] }]],
    ['[[cluster, quantize]]', [{ steps: ['prune', CLUSTER, QUANTIZE] }]],
    ['[[factorize, prune, { quantize: {} }]]', [{ steps: [FACTORIZE, 'prune', QUANTIZE] }]],
    [
      '{ steps: [cluster], fineTune: { epochs: 2, learningRate: 0.001 } }',
      [{ steps: ['prune', CLUSTER], fineTune: { epochs: 2, learningRate: 0.001 } }],
    ],
  ])('given %s, then it is the list of its pipelines', async (written, expected) => {
    expect(await pipelines(written)).toEqual(expected);
  });

  it('given pipelines, then each is a candidate with a stage for each compression, and a label of its own', async () => {
    const spec = await parse(
      withCompression(
        '[none, quantize, { quantize: { bits: 4 } }, [factorize, prune, cluster], { steps: [cluster, quantize], fineTune: { epochs: 1, learningRate: 0.001 } }]',
      ),
    );
    const candidates = candidatesOf(spec);
    const before = 'weight magnitude global, 80 %, one-shot';
    expect(candidates.map(({ label }) => label)).toEqual([
      before,
      `${before}, quantize`,
      `${before}, quantize bits=4`,
      `${before}, factorize then prune then cluster`,
      `${before}, cluster then quantize, fine-tuned 1 epochs at 0.001`,
    ]);
    const kinds = candidates.map(({ stages }) => stages.map(({ operation }) => operation.kind));
    expect(kinds).toEqual([
      ['prune'],
      ['prune', 'compress'],
      ['prune', 'compress'],
      ['compress', 'prune', 'compress'],
      ['prune', 'compress', 'compress'],
    ]);
    expect(candidates[4]?.stages[1]?.operation).toMatchObject({
      piece: CLUSTER,
      training: { epochs: 1, optimizer: { adam: { learningRate: 0.001 } } },
    });
    const plan = planSweep(spec, { examplesPerSecond: 1000, slots: 1, trainExamples: 1000 });
    expect(plan).toMatchObject({ candidates: 5, space: 5, stages: 12, stagesAfterSharing: 9 });
    expect(plan.rows.map(({ epochs }) => epochs)).toEqual([1, 0, 0, 1, 2]);
  });

  it('given an order of size alone, then it can be an objective and a constraint', async () => {
    const text = `${SHORT}objectives: [{ maximize: accuracy }, { minimize: bytesEncoded }]\nconstraints: [{ bytesEncoded: { atMost: 5000 } }]\n`;
    expect((await parse(text)).objectives[1]).toEqual({ minimize: 'bytesEncoded' });
  });

  it.each([
    [
      'a misspelt one',
      withCompression('quantise'),
      { code: 'PRUNEFRONT_SPEC_VALUE', place: /space\.compression$/, hint: 'did you mean quantize?' },
    ],
    [
      'a setting that it does not have',
      withCompression('{ quantize: { bit: 4 } }'),
      { code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY', place: /space\.compression\.quantize\.bit$/, hint: 'did you mean bits?' },
    ],
    [
      'too many bits',
      withCompression('[none, { quantize: { bits: 32 } }]'),
      { code: 'PRUNEFRONT_SPEC_RANGE', place: /space\.compression\[1\]\.quantize\.bits$/ },
    ],
    [
      'a pipeline twice',
      withCompression('[quantize, { quantize: { bits: 8 } }]'),
      { code: 'PRUNEFRONT_SPEC_CONFLICT', message: 'A value is listed twice' },
    ],
    [
      'pruning after integers',
      withCompression('[[quantize, prune]]'),
      {
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        place: /space\.compression\[0\]$/,
        message: 'Pruning would change the values that quantize has encoded',
        allowed: 'prune before quantize',
      },
    ],
    [
      'factors of kernels that have zeros',
      withCompression('factorize'),
      {
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        place: /space\.compression$/,
        message: 'factorize leaves kernels as they are that hold zeros, and a method prunes single weights',
      },
    ],
    [
      'factors of integers',
      withCompression(
        '[[prune, quantize, factorize]]',
        change('granularity: weight, criterion: magnitude', 'granularity: filter, criterion: l1'),
      ),
      { code: 'PRUNEFRONT_SPEC_CONFLICT', allowed: 'factorize before quantize' },
    ],
    [
      'factors under weights of before them',
      withCompression('[[factorize, prune]]', change('oneShot', '{ from: start, schedule: oneShot }')),
      {
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        message: 'A schedule goes back to earlier weights, which factorize has not changed',
      },
    ],
    [
      'rules for layers that factors replace',
      withCompression(
        '[[factorize, prune]]',
        change('scope: global', 'scope: global, layers: { conv1: { exclude: true } }'),
      ),
      {
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        message:
          'factorize makes layers that nobody knows yet, and weight magnitude global depends on those of the model',
      },
    ],
    [
      'fine-tuning of nothing',
      withCompression('{ steps: [prune], fineTune: { epochs: 1, learningRate: 0.1 } }'),
      { code: 'PRUNEFRONT_SPEC_CONFLICT', message: 'There is no compression whose model could be fine-tuned' },
    ],
    [
      'more clusters than a kernel has weights',
      withCompression('{ cluster: { clusters: 100 } }', change('zoo: mnistCnn', 'file: models/spirals/model.json')),
      {
        code: 'PRUNEFRONT_COMPRESSION',
        place: /space\.compression$/,
        message: 'Layer hidden1 has fewer distinct weights than clusters',
        found: '100 clusters for 64 distinct weights',
      },
    ],
    [
      'fewer bits than the narrowest width',
      withCompression('{ quantize: { precision: mixed, bits: 3 } }'),
      {
        code: 'PRUNEFRONT_COMPRESSION',
        place: /space\.compression$/,
        found: '3 bits on average',
        allowed: 'at least 4 bits, or precision: uniform',
      },
    ],
    [
      'fewer bits than the narrowest width, for layers that nobody knows yet',
      withCompression('[[factorize, prune, { quantize: { precision: mixed, bits: 3 } }]]'),
      { code: 'PRUNEFRONT_COMPRESSION', place: /space\.compression\[0\]$/, found: '3 bits on average' },
    ],
  ])('given %s, then it is refused', async (_, text, expected) => {
    const error = await refusal(text);
    for (const [key, value] of Object.entries(expected)) {
      const found = error[key as keyof typeof error];
      if (value instanceof RegExp) expect(found).toMatch(value);
      else expect(found).toBe(value);
    }
  });
});
