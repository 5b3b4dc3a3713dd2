import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { METRIC_NAMES } from '../../../core/sweep/spec.js';
import { isQualityMetric, TASK_METRICS } from '../../../core/sweep/task.js';
import { change, EXAMPLES, parse, SHORT } from './parse.js';

const ADAM = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

describe('parseSpec', () => {
  it('given the shortest spec, then every default is filled in', async () => {
    expect(await parse(SHORT)).toEqual({
      name: 'short',
      model: { zoo: 'mnistCnn' },
      dataset: { builtin: 'mnist' },
      split: { validation: 0.1, test: 0.2, seed: 1 },
      baseline: { epochs: 2, batchSize: 64, optimizer: { adam: ADAM }, seed: 1 },
      space: {
        method: [{ granularity: 'weight', criterion: 'magnitude', scope: 'global' }],
        sparsity: [0.8],
        schedule: ['oneShot'],
        recovery: [{ epochs: 1, learningRate: 0.0005 }],
      },
      search: { algorithm: 'grid', seed: 1 },
      objectives: [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }],
      constraints: [],
      select: 'knee',
      budget: { candidates: 1, wallClockMs: null },
    });
  });

  it.each([
    ['adam', { adam: ADAM }],
    ['sgd', { sgd: { learningRate: 0.01, momentum: 0, nesterov: false } }],
    ['{ adam: {} }', { adam: ADAM }],
    ['{ adam: { learningRate: 1e-4, beta1: 0.8 } }', { adam: { ...ADAM, learningRate: 1e-4, beta1: 0.8 } }],
    ['{ sgd: { momentum: 0.9 } }', { sgd: { learningRate: 0.01, momentum: 0.9, nesterov: false } }],
  ])('given the optimizer %s, then it has the defaults of Keras', async (written, optimizer) => {
    expect((await parse(change('adam', written))).baseline.optimizer).toEqual(optimizer);
  });

  it.each([
    ['0.8', [0.8]],
    ['0', [0]],
    ['[0.5, 0.75]', [0.5, 0.75]],
    ['{ from: 0.5, to: 0.95, steps: 6 }', [0.5, 0.59, 0.68, 0.77, 0.86, 0.95]],
    ['{ from: 0, to: 0.9, steps: 2 }', [0, 0.9]],
    ['{ from: 0.1, to: 0.3, steps: 3 }', [0.1, 0.2, 0.3]],
  ])('given the sparsity %s, then it is a list of exact fractions', async (written, sparsity) => {
    expect((await parse(change('0.8', written))).space.sparsity).toEqual(sparsity);
  });

  it.each([
    ['{ constant: {} }', { constant: { beginStep: 0, endStep: null, frequency: 100 } }],
    [
      '{ constant: { beginStep: 5, endStep: 9, frequency: 2 } }',
      { constant: { beginStep: 5, endStep: 9, frequency: 2 } },
    ],
    [
      '{ polynomialDecay: { endStep: null } }',
      { polynomialDecay: { initialSparsity: 0, beginStep: 0, endStep: null, frequency: 100, power: 3 } },
    ],
    [
      '{ iterative: { rounds: 3 } }',
      { iterative: { rounds: 3, rewind: 'none', epochsPerRound: 1, fineTune: { epochs: 1, learningRate: 0.00005 } } },
    ],
    [
      '{ iterative: { rounds: 2, rewind: { epoch: 2 }, epochsPerRound: 4, fineTune: { epochs: 0 } } }',
      {
        iterative: {
          rounds: 2,
          rewind: { epoch: 2 },
          epochsPerRound: 4,
          fineTune: { epochs: 0, learningRate: 0.00005 },
        },
      },
    ],
    [
      '{ iterative: { rounds: 1, rewind: start, fineTune: { learningRate: 0.1 } } }',
      { iterative: { rounds: 1, rewind: 'start', epochsPerRound: 1, fineTune: { epochs: 1, learningRate: 0.1 } } },
    ],
    ['constant', { constant: { beginStep: 0, endStep: null, frequency: 100 } }],
    ['cosine', { cosine: { initialSparsity: 0, beginStep: 0, endStep: null, frequency: 100 } }],
    ['{ linear: { endStep: 7 } }', { linear: { initialSparsity: 0, beginStep: 0, endStep: 7, frequency: 100 } }],
    [
      '{ iterative: { rounds: 2, rate: fixed, rewind: learningRate } }',
      {
        iterative: {
          ...{ rounds: 2, rate: 'fixed', rewind: 'learningRate', epochsPerRound: 1 },
          fineTune: { epochs: 1, learningRate: 0.00005 },
        },
      },
    ],
    ['{ from: start, schedule: oneShot }', { from: 'start', schedule: 'oneShot' }],
    ['{ from: { epoch: 1 }, schedule: oneShot }', { from: { epoch: 1 }, schedule: 'oneShot' }],
    ['{ rigL: {} }', { rigL: { dropFraction: 0.3, endFraction: 0.75, frequency: 100 } }],
    [
      '{ from: start, schedule: { rigL: { frequency: 5 } } }',
      { from: 'start', schedule: { rigL: { dropFraction: 0.3, endFraction: 0.75, frequency: 5 } } },
    ],
  ])('given the schedule %s, then its defaults are filled in, those of the recovery too', async (written, schedule) => {
    expect((await parse(change('oneShot', written))).space.schedule).toEqual([schedule]);
  });

  it.each([
    ['', {}],
    ['schedule: cosine', { schedule: { cosine: { warmup: 0 } } }],
    ['schedule: { linear: { warmup: 0.5 } }', { schedule: { linear: { warmup: 0.5 } } }],
    ['schedule: { step: { every: 1, factor: 0.1 } }', { schedule: { step: { every: 1, factor: 0.1, warmup: 0 } } }],
    ['earlyStop: { patience: 2 }', { earlyStop: { patience: 2, minDelta: 0 } }],
    ['distill: { temperature: 4, weight: 0.5 }', { distill: { temperature: 4, weight: 0.5 } }],
  ])('given a recovery with %s, then its defaults are filled in', async (written, extras) => {
    const text = change('epochs: 1, learningRate: 0.0005', `epochs: 3, learningRate: 0.1, ${written}`);
    expect((await parse(text)).space.recovery).toEqual([{ epochs: 3, learningRate: 0.1, ...extras }]);
  });

  it('given a recovery that a model has batch norm for, or a baseline with a schedule, then they are taken', async () => {
    const text = change('epochs: 1,', 'epochs: 0, batchNorm: { batches: 9 },').replace('mnistCnn', 'residualCnn');
    expect((await parse(text)).space.recovery[0]).toMatchObject({ epochs: 0, batchNorm: { batches: 9 } });
    const { baseline } = await parse(change('optimizer: adam', 'optimizer: adam, schedule: cosine'));
    expect(baseline.schedule).toEqual({ cosine: { warmup: 0 } });
  });

  it('given lists of everything, then the budget is the size of the space', async () => {
    const text = change(
      'oneShot',
      '[oneShot, { constant: {} }, { iterative: { rounds: 2 } }]',
      change('0.8', '[0.5, 0.8]'),
    )
      .replace('method: {', 'method:\n    - { granularity: filter, criterion: l2, scope: layer }\n    - {')
      .replace('recovery: {', 'recovery:\n    - { epochs: 3, learningRate: 0.1 }\n    - {');
    const spec = await parse(text);
    expect(spec.budget.candidates).toBe(2 * 2 * 3 * 2);
    expect(spec.space.schedule[2]).toMatchObject({
      iterative: { epochsPerRound: 3, fineTune: { learningRate: 0.01 } },
    });
  });

  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1.5h', 5_400_000],
  ])('given a wall clock of %s, then it is %i milliseconds', async (written, wallClockMs) => {
    const { budget } = await parse(`${SHORT}budget: { wallClock: ${written}, candidates: 7 }\n`);
    expect(budget).toEqual({ candidates: 7, wallClockMs });
  });

  it('given constraints, then drops of accuracy and bounds of metrics are told apart', async () => {
    const { constraints } = await parse(
      `${SHORT}constraints:\n  - accuracyDrop: { atMost: 0.01 }\n  - latencyP50: { atMost: 2 }\n  - accuracy: { atLeast: 0.9, atMost: 1 }\n`,
    );
    expect(constraints).toEqual([
      { accuracyDrop: { atMost: 0.01 } },
      { metric: { name: 'latencyP50', atMost: 2 } },
      { metric: { name: 'accuracy', atLeast: 0.9, atMost: 1 } },
    ]);
  });

  it.each(METRIC_NAMES.filter((name) => !isQualityMetric(name) || TASK_METRICS.classification.includes(name)))(
    'given the metric %s, then it can be an objective, a constraint and the one to be best in',
    async (name) => {
      const spec = await parse(
        `${SHORT}objectives: [{ minimize: ${name} }]\nconstraints: [{ ${name}: { atMost: 1 } }]\nselect: { best: ${name} }\n`,
      );
      expect(spec).toMatchObject({
        objectives: [{ minimize: name }],
        constraints: [{ metric: { name, atMost: 1 } }],
        select: { best: name },
      });
    },
  );

  it('given relative paths, then they start from the folder of the spec', async () => {
    const text = change('{ zoo: mnistCnn }', '{ file: models/spirals/model.json }').replace(
      'dataset: mnist',
      'dataset: { npy: { x: data/spirals.csv, y: ./data/../data/spirals.csv } }',
    );
    const csv = resolve(EXAMPLES, 'data/spirals.csv');
    expect(await parse(text)).toMatchObject({
      model: { file: resolve(EXAMPLES, 'models/spirals/model.json') },
      dataset: { npy: { x: csv, y: csv } },
    });
    expect(await parse(text.replace('models/', `${EXAMPLES}/models/`), EXAMPLES)).toEqual(await parse(text));
  });

  it('given anchors, comments, Windows line ends or a byte order mark, then they are YAML as any other', async () => {
    const anchored = change('space:\n', 'x: 1\n')
      .replace('x: 1\n', 'space:\n')
      .replace('sparsity: 0.8', 'sparsity: &s 0.8 # 80 %');
    const spec = await parse(SHORT);
    expect(await parse(anchored)).toEqual(spec);
    expect(await parse(SHORT.replaceAll('\n', '\r\n'))).toEqual(spec);
    expect(await parse(`\uFEFF${SHORT}`)).toEqual(spec);
    expect(await parse(JSON.stringify(parseYaml(SHORT)))).toEqual(spec);
  });

  it('given a range that ends just below 1, or hardly grows, then its ends are still exact', async () => {
    for (const [from, to] of [
      [0.5, 0.9999999],
      [0.5, 0.500001],
    ]) {
      const { sparsity } = (await parse(change('0.8', `{ from: ${from}, to: ${to}, steps: 100 }`))).space;
      expect([sparsity[0], sparsity.at(-1), new Set(sparsity).size]).toEqual([from, to, 100]);
    }
  });

  it('given any range, then its ends are exact and it grows', async () => {
    const fraction = fc.integer({ min: 0, max: 9999 }).map((n) => n / 10_000);
    await fc.assert(
      fc.asyncProperty(fraction, fraction, fc.integer({ min: 2, max: 50 }), async (a, b, steps) => {
        fc.pre(Math.abs(a - b) > 1e-3);
        const [from, to] = a < b ? [a, b] : [b, a];
        const { sparsity } = (await parse(change('0.8', `{ from: ${from}, to: ${to}, steps: ${steps} }`))).space;
        expect(sparsity).toHaveLength(steps);
        expect([sparsity[0], sparsity.at(-1)]).toEqual([from, to]);
        expect(sparsity.every((s, i) => i === 0 || s > (sparsity[i - 1] ?? 1))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
