import { describe, expect, it } from 'vitest';
import { suggestCandidates } from '../../../core/search/candidates.js';
import { planSweep } from '../../../core/search/plan.js';
import { baselineStage, candidateStages } from '../../../core/search/stages.js';
import type { Method, SweepSpec } from '../../../core/sweep/spec.js';
import type { SearchPoint, Stage } from '../../../core/sweep/stage.js';
import { parse, SHORT } from '../spec/parse.js';

const AUGMENT = { shift: 2, flip: 'horizontal' } as const;
const TEXT = SHORT.replace('optimizer: adam', 'optimizer: adam, augment: { shift: 2, flip: horizontal }');
const ITERATIVE = {
  iterative: { rounds: 2, rewind: 'none', epochsPerRound: 1, fineTune: { epochs: 1, learningRate: 1e-4 } },
} as const;

async function stagesOf(text: string): Promise<Stage[]> {
  const spec = await parse(text);
  const baseline = baselineStage(spec, 'data', { zoo: 'mnistCnn' });
  const [method] = spec.space.method;
  const [recovery] = spec.space.recovery;
  if (method === undefined || recovery === undefined) throw new Error('the space is empty');
  const points: SearchPoint[] = ['oneShot' as const, ITERATIVE].map((schedule) => ({
    ...{ method, recovery, schedule },
    sparsity: 0.8,
  }));
  return [baseline, ...points.flatMap((point) => candidateStages(spec, baseline, point))];
}

describe('the stages of a spec', () => {
  it('given augmentations, then every training has them', async () => {
    const stages = await stagesOf(TEXT);
    expect(stages).toHaveLength(5);
    for (const { operation } of stages) expect(operation).toMatchObject({ training: { augment: AUGMENT } });
  });

  it('given none, then no stage speaks of them, so that keys are those of before there were any', async () => {
    const [baseline, ...rest] = await stagesOf(SHORT);
    expect(JSON.stringify([baseline, ...rest])).not.toContain('augment');
    expect(baseline?.key).toBe('5e155a12c2ae77a03dc9eb521dc201d4d22380cb8eaf4aa7efacdca9ec9cea54');
    expect(baseline?.key).not.toBe((await stagesOf(TEXT))[0]?.key);
  });
});

describe('a sweep of another name', () => {
  it('given the same spec otherwise, then its stages have the same keys, so that it takes over what worked', async () => {
    const keysOf = async (text: string) => (await stagesOf(text)).map(({ key }) => key);
    expect(await keysOf(SHORT.replace('name: short', 'name: again'))).toEqual(await keysOf(SHORT));
  });
});

/** The short spec with other schedules and recoveries. */
async function specWith(
  schedule: string,
  recovery = '{ epochs: 3, learningRate: 0.0005 }',
  baseline = '',
): Promise<SweepSpec> {
  const written = SHORT.replace('oneShot', schedule)
    .replace('{ epochs: 1, learningRate: 0.0005 }', recovery)
    .replace('optimizer: adam', `optimizer: adam${baseline}`);
  return parse(written);
}

/** Operations of all candidates of a spec, in their order, with their labels; the dense model's first. */
async function operationsOf(...given: Parameters<typeof specWith>) {
  const spec = await specWith(...given);
  const baseline = baselineStage(spec, 'data', { zoo: 'mnistCnn' });
  const candidates = suggestCandidates(spec, baseline, 0, spec.budget.candidates);
  return {
    dense: baseline.operation,
    labels: candidates.map(({ label }) => label.replace('weight magnitude global, 80 %, ', '')),
    operations: candidates.map(({ stages }) => stages.map(({ operation }) => operation)),
    keys: candidates.map(({ stages }) => stages.at(-1)?.key),
  };
}

const RECOVERY =
  'epochs: 3, learningRate: 0.0005, schedule: { cosine: { warmup: 0.5 } }, earlyStop: { patience: 2 }, distill: { temperature: 4, weight: 0.5 }';
const EXTRAS = {
  schedule: { cosine: { warmup: 0.5 } },
  earlyStop: { patience: 2, minDelta: 0 },
  distill: { temperature: 4, weight: 0.5 },
};

describe('the stages of a recovery', () => {
  it('given what it asks for, then every training of its candidates has it and the dense model has none of it', async () => {
    const { dense, operations } = await operationsOf('[oneShot, { iterative: { rounds: 2 } }]', `{ ${RECOVERY} }`);
    expect(JSON.stringify(dense)).not.toMatch(/schedule|earlyStop|distill/);
    expect(operations.map((chain) => chain.length)).toEqual([1, 3]);
    for (const operation of operations.flat()) expect(operation).toMatchObject({ training: EXTRAS });
  });

  it('given a constant rate by name, or nothing that no training could show, then keys are those of a plain recovery', async () => {
    const [plain] = (await operationsOf('oneShot')).keys;
    const { keys } = await operationsOf('oneShot', '{ epochs: 3, learningRate: 0.0005, schedule: constant }');
    expect(keys).toEqual([plain]);
    const rounds = (await operationsOf('{ iterative: { rounds: 1, epochsPerRound: 0 } }', `{ ${RECOVERY} }`))
      .operations;
    expect(rounds[0]?.[0]).toMatchObject({ training: { epochs: 0 } });
    expect(JSON.stringify(rounds[0]?.[0])).not.toMatch(/cosine|earlyStop|distill/);
  });

  it('given a schedule of the baseline, then it is that of the dense model alone', async () => {
    const { dense, operations } = await operationsOf('oneShot', undefined, ', schedule: { linear: { warmup: 1 } }');
    expect(dense).toMatchObject({ training: { schedule: { linear: { warmup: 1 } } } });
    expect(JSON.stringify(operations)).not.toContain('linear');
  });

  it('given rounds and a layer with a sparsity of its own, then it is as far on its way as all of them', async () => {
    const spec = await specWith('oneShot');
    const method: Method = {
      ...{ granularity: 'weight', criterion: 'magnitude', scope: 'global' },
      layers: [{ pattern: 'dense', sparsity: 0.9 }],
    };
    const fineTune = { epochs: 0, learningRate: 1e-4 };
    const rounds = { rounds: 2, rate: 'fixed', rewind: 'none', epochsPerRound: 1, fineTune } as const;
    const recovery = { epochs: 1, learningRate: 0.001 };
    const point = { method, sparsity: 0.8, schedule: { iterative: rounds }, recovery };
    const chain = candidateStages(spec, baselineStage(spec, 'data', { zoo: 'mnistCnn' }), point);
    const own = chain.map(({ operation }) =>
      operation.kind === 'prune' ? operation.method.layers?.[0]?.sparsity : null,
    );
    expect(own).toEqual([0.45, 0.9]);
  });

  it('given a learning rate that is rewound, then rounds train as the baseline did, from the weights that they have', async () => {
    const given = '{ iterative: { rounds: 2, rewind: learningRate, fineTune: { epochs: 1 } } }';
    const { operations, labels } = await operationsOf(given, undefined, ', schedule: cosine');
    const [first, second, last] = operations[0] ?? [];
    for (const round of [first, second])
      expect(round).toMatchObject({
        rewind: 'none',
        training: { epochs: 3, optimizer: { adam: { learningRate: 0.001 } }, schedule: { cosine: { warmup: 0 } } },
      });
    expect(last).toMatchObject({ kind: 'tune', training: { optimizer: { adam: { learningRate: 0.00005 } } } });
    expect(JSON.stringify(last)).not.toContain('cosine');
    expect(labels).toEqual(['2 rounds, learning rate rewound']);
  });

  it('given candidates that start early, then the dense model keeps those weights and labels tell them apart', async () => {
    const given =
      '[oneShot, { from: start, schedule: oneShot }, { from: { epoch: 1 }, schedule: oneShot }, { rigL: {} }, { from: start, schedule: rigL }, { iterative: { rounds: 1, rewind: random } }]';
    const { dense, operations, labels } = await operationsOf(given);
    expect(dense).toMatchObject({ keepEpochs: [0, 1] });
    expect(labels).toEqual([
      'one-shot',
      'one-shot from the start',
      'one-shot from epoch 1',
      'RigL',
      'RigL from the start',
      '1 rounds, drawn anew',
    ]);
    const rigL = { rigL: { frequency: 100, dropFraction: 0.3, endFraction: 0.75 } };
    expect(operations.map(([first]) => first)).toMatchObject([
      { schedule: 'oneShot' },
      { schedule: 'oneShot', from: 'start' },
      { schedule: 'oneShot', from: { epoch: 1 } },
      { schedule: rigL },
      { schedule: rigL, from: 'start' },
      { schedule: 'oneShot', rewind: 'random' },
    ]);
    expect(operations[0]?.[0]).not.toHaveProperty('from');
    expect(operations[3]?.[0]).toMatchObject({ schedule: rigL });
  });

  it('given schedules of one name, then labels tell the settings that are not at their defaults', async () => {
    const { labels } = await operationsOf('[rigL, { rigL: { frequency: 5 } }, linear, { iterative: { rounds: 2 } }]');
    expect(labels).toEqual(['RigL', 'RigL (rigL frequency=5)', 'linear', '2 rounds']);
  });

  it('given a method with settings, then its label tells those that are not at their defaults, and the candidate has all', async () => {
    const method = '{ granularity: { block: { height: 8 } }, criterion: magnitude, scope: layer }';
    const spec = await parse(SHORT.replace('{ granularity: weight, criterion: magnitude, scope: global }', method));
    const [candidate] = suggestCandidates(spec, baselineStage(spec, 'data', { zoo: 'mnistCnn' }), 0, 1);
    expect(candidate?.label).toBe('block height=8 magnitude layer, 80 %, one-shot');
    expect(candidate?.method.granularity).toEqual({ block: expect.objectContaining({ height: 8, width: 4 }) });
    expect(candidate?.stages[0]?.operation).toMatchObject({ method: candidate?.method });
  });

  it('given rounds at a fixed rate, then each prunes as much', async () => {
    const { operations } = await operationsOf('{ iterative: { rounds: 4, rate: fixed, fineTune: { epochs: 0 } } }');
    expect(operations[0]).toMatchObject(
      [0.2, 0.4, 0.6, 0.8].map((sparsity) => ({ sparsity: expect.closeTo(sparsity, 9) })),
    );
  });

  it('given several recoveries, then labels say all that differs', async () => {
    const { labels } = await operationsOf('oneShot', `[{ epochs: 3, learningRate: 0.0005 }, { ${RECOVERY} }]`);
    expect(labels).toEqual([
      'one-shot, 3 epochs at 0.0005',
      'one-shot, 3 epochs at 0.0005, cosine after 0.5 warm-up, early stop after 2, distilled 0.5 at temperature 4',
    ]);
  });

  it('given a plan, then points, stages and epochs count every recovery, and stages that are equal once', async () => {
    const recoveries = `[{ epochs: 3, learningRate: 0.0005 }, { epochs: 3, learningRate: 0.0005, schedule: constant }, { ${RECOVERY} }]`;
    const spec = await specWith('[oneShot, { from: start, schedule: oneShot }]', recoveries);
    const plan = planSweep(spec, { examplesPerSecond: 100, slots: 1, trainExamples: 10 });
    expect([plan.candidates, plan.space, plan.stages, plan.stagesAfterSharing]).toEqual([6, 6, 7, 5]);
    expect(plan.trainedExamples).toBe((2 + 4 * 3) * 10);
  });
});
