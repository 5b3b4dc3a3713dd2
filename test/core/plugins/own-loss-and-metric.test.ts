import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareFolds } from '../../../core/datasets/prepare.js';
import { frontOf, selectCandidate, violations } from '../../../core/evaluation/pareto/index.js';
import { loadPlugin } from '../../../core/plugins/load-plugin.js';
import { suggestCandidates } from '../../../core/search/candidates.js';
import { denseStage } from '../../../core/search/folds.js';
import { baselineStage, scoreStage } from '../../../core/search/stages.js';
import { denseChain } from '../../../core/sweep/folds.js';
import { summarize } from '../../../core/sweep/observation.js';
import type { FrontPoint } from '../../../core/sweep/progress.js';
import { ProgramCache } from '../../../core/training/engines/program-cache.js';
import { errorOf } from '../../support/errors.js';
import { pluginFile } from '../../support/plugins.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { type TinySweep, tinySweep } from '../../support/tiny-sweep.js';
import { change, parse, refusal } from '../spec/parse.js';

/** A focal loss (Lin et al. 2017), the share of wrong answers as a mean, and the same of all examples at once. */
const PLUGIN = `{
  losses: [{
    name: 'focal', summary: 'Focal loss.', source: 'Lin et al. 2017', tasks: ['classification'],
    settings: { gamma: { kind: 'number', description: 'Focus.', default: 2, minimum: 0 } },
    create: ({ gamma }) => ({
      perExample(tf, outputs, targets) {
        const own = tf.logSoftmax(outputs).mul(tf.oneHot(targets, outputs.shape[1])).sum(1);
        return tf.sub(1, own.exp()).pow(tf.scalar(gamma)).mul(own).neg();
      },
    }),
  }],
  metrics: [
    {
      name: 'wrong', summary: 'Share of wrong answers.', source: 'a test', tasks: ['classification'], settings: {},
      examples: (tf, outputs, targets) => tf.notEqual(outputs.argMax(1), targets).cast('float32'),
    },
    {
      name: 'wrongOfAll', summary: 'The same.', source: 'a test', tasks: ['classification'], settings: {},
      examples: (tf, outputs, targets) => tf.stack([outputs.argMax(1).cast('float32'), targets.cast('float32')], 1),
      of: (values, examples) => {
        let wrong = 0;
        for (let i = 0; i < examples; i++) if (values[2 * i] !== values[2 * i + 1]) wrong += 1;
        return wrong / examples;
      },
    },
  ],
}`;

const OWN = `${change('mnistCnn', 'mnistMlp', change('optimizer: adam', 'optimizer: adam, loss: { focal: { gamma: 1 } }'))}
objectives: [{ minimize: wrong }, { minimize: bytesGzip }]
constraints: [{ wrongOfAll: { atMost: 0.5 } }]
select: { best: wrong }
`;

describe('a loss and metrics of a plugin', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    await loadPlugin(await pluginFile(folder, PLUGIN));
    sweep = await tinySweep(folder);
  });

  it('given a spec that names them, then every stage has them, with their hashes', async () => {
    const spec = await parse(OWN);
    const { operation, plugins } = baselineStage(spec, sweep.dataset, { zoo: 'mnistMlp' });
    expect(operation).toMatchObject({ training: { loss: { focal: { gamma: 1 } }, metrics: ['wrong', 'wrongOfAll'] } });
    expect(Object.keys(plugins ?? {})).toEqual(['loss focal', 'metric wrong', 'metric wrongOfAll']);
  });

  it.each([
    ['compiled', () => new ProgramCache()],
    ['eager', () => null],
  ])('given a training that is %s, then the loss is learnt by and the metrics are measured', async (kind, programs) => {
    const spec = await parse(OWN);
    const seeded = { ...spec, baseline: { ...spec.baseline, seed: kind === 'eager' ? 2 : 1 } };
    const dense = baselineStage(seeded, sweep.dataset, { zoo: 'mnistMlp' });
    const { observation } = await sweep.run(dense, { programs: programs() });
    expect(observation.engine?.kind).toBe(kind);
    const { accuracy = 0, own } = observation.validation;
    expect(accuracy).toBeGreaterThan(0.5);
    expect(own?.['wrong']).toBeCloseTo(1 - accuracy, 6);
    expect(own?.['wrongOfAll']).toBeCloseTo(1 - accuracy, 6);
    expect(summarize(observation).own).toEqual(own);
    const { observation: scored } = await sweep.run(scoreStage(dense), { programs: programs() });
    expect(scored.test?.own?.['wrong']).toBeCloseTo(1 - (scored.test?.accuracy ?? 0), 6);
  });

  it('given cross-validation, then the metrics are the means over the folds, and the test split is scored by them', async () => {
    const text = change('dataset: mnist', 'dataset: mnist\nsplit: { folds: 2, test: 0.2 }', OWN);
    const spec = await parse(text);
    if (!('folds' in spec.split)) throw new Error('no folds');
    const keys = (await prepareFolds(sweep.source, spec.split, sweep.store)).map(({ key }) => key);
    const dense = denseStage(spec, keys, { zoo: 'mnistMlp' });
    const [candidate] = suggestCandidates(spec, dense, 0, 1);
    for (const stages of [denseChain(dense), candidate?.stages ?? []]) {
      const records = [];
      for (const stage of stages) records.push(await sweep.run(stage));
      const all = records.at(-1);
      const folds = records.slice(0, -1).map(({ observation }) => observation.validation.own?.['wrong'] ?? Number.NaN);
      expect(folds).toHaveLength(2);
      expect(all?.stage.operation.kind).toBe('folds');
      const { validation, folds: kept } = all?.observation ?? {};
      expect(validation?.own?.['wrong']).toBeCloseTo(((folds[0] ?? 0) + (folds[1] ?? 0)) / 2, 12);
      expect(validation?.own?.['wrong']).toBeCloseTo(1 - (validation?.accuracy ?? 0), 6);
      expect(kept?.map(({ own }) => own?.['wrong'])).toEqual(folds);
    }
    const { observation } = await sweep.run(scoreStage(dense));
    expect(observation.test?.own?.['wrong']).toBeCloseTo(1 - (observation.test?.accuracy ?? 0), 6);
  });

  it('given folds that another version of the plugin trained, then they are not scored with this one', async () => {
    const spec = await parse(change('dataset: mnist', 'dataset: mnist\nsplit: { folds: 2, test: 0.2 }', OWN));
    const keys = ['a', 'b'].map((letter) => letter.repeat(64));
    const dense = denseStage(spec, keys, { zoo: 'mnistMlp' });
    if (dense.operation.kind !== 'folds') throw new Error('no folds');
    const of = dense.operation.of.map((stage) => ({ ...stage, plugins: { 'metric wrong': 'b'.repeat(64) } }));
    const trained = await sweep.run(baselineStage(await parse(OWN), sweep.dataset, { zoo: 'mnistMlp' }));
    await sweep.store.putRecord({ ...trained, stage: { ...dense, operation: { kind: 'folds', of } } });
    const { facts } = await errorOf('PRUNEFRONT_PLUGIN', () =>
      sweep.run(scoreStage({ ...dense, dataset: sweep.dataset })),
    );
    expect(facts.place).toBe('metric wrong');
  });

  it('given points with the metric, then front, constraints and selection go by it', async () => {
    const { objectives, constraints, select } = await parse(OWN);
    const dense = await sweep.run(baselineStage(await parse(OWN), sweep.dataset, { zoo: 'mnistMlp' }));
    const point = (id: string, wrong: number, bytesGzip: number): FrontPoint => {
      const summary = { ...summarize(dense.observation), bytesGzip, own: { wrong, wrongOfAll: wrong } };
      return { id, label: id, stageKey: id, summary } as FrontPoint;
    };
    const points = [point('dense', 0.2, 900), point('a', 0.1, 100), point('b', 0.3, 50), point('c', 0.3, 60)];
    const front = frontOf(points, objectives);
    expect(front.map(({ id }) => id)).toEqual(['a', 'b']);
    const [baseline = point('dense', 0, 0)] = points;
    expect(violations(point('d', 0.6, 1).summary, constraints, baseline)).toHaveLength(1);
    const selected = selectCandidate(front, select, constraints, objectives, baseline);
    expect(selected).toMatchObject({ id: 'a', reason: expect.stringContaining('the lowest') });
  });

  it('given a metric that no objective gives a direction, then it is not selected by', async () => {
    const text = OWN.replace('{ minimize: wrong }, ', '');
    expect(await refusal(text)).toMatchObject({
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: expect.stringContaining('select.best'),
      allowed: expect.stringContaining('minimize: wrong'),
    });
  });

  it('given a task that cannot have them, then they are refused', async () => {
    const text = `${change('mnistCnn', 'denoisingAutoencoder')}task: reconstruction\nobjectives: [{ minimize: wrong }]\n`;
    const metric = await refusal(text);
    expect(metric).toMatchObject({ code: 'PRUNEFRONT_SPEC_CONFLICT', message: 'A reconstruction has no wrong' });
    const loss = await refusal(
      `${change('mnistCnn', 'denoisingAutoencoder')}task: { reconstruction: { loss: focal } }\n`,
    );
    expect(loss).toMatchObject({ code: 'PRUNEFRONT_SPEC_VALUE', place: expect.stringContaining('loss') });
    const both = change('optimizer: adam', 'optimizer: adam, loss: focal', change('mnistCnn', 'denoisingAutoencoder'));
    expect((await refusal(`${both}task: reconstruction\n`)).place).toContain('baseline.loss');
  });

  it('given neither, then no stage speaks of them', async () => {
    const spec = await parse(change('optimizer: adam', 'optimizer: adam, loss: softmaxCrossEntropy'));
    const stage = baselineStage(spec, 'data', { zoo: 'mnistCnn' });
    const plain = baselineStage(await parse(change('oneShot', 'oneShot')), 'data', { zoo: 'mnistCnn' });
    expect(stage).toEqual(plain);
    expect(JSON.stringify(stage)).not.toMatch(/metrics|"loss"/);
  });
});
