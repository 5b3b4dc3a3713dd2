import { describe, expect, it } from 'vitest';
import { baselineStage, candidateStages, evaluationStage } from '../../../core/search/stages.js';
import { METRIC_NAMES } from '../../../core/sweep/spec.js';
import { isQualityMetric, TASK_METRICS } from '../../../core/sweep/task.js';
import { change, parse, refusal, SHORT } from './parse.js';

const CSV = '{ csv: { file: data/friedman.csv, label: y } }';
const FRIEDMAN = change('{ zoo: mnistCnn }', '{ file: models/friedman/model.json }', change('mnist\n', `${CSV}\n`));
const AUTOENCODER = change('mnistCnn', 'denoisingAutoencoder');
const withTask = (task: string, text: string): string => `${text}task: ${task}\n`;
const METRICS_OF = {
  regression: withTask('regression', FRIEDMAN),
  reconstruction: withTask('reconstruction', AUTOENCODER),
} as const;

describe('the task of a spec', () => {
  it.each([
    ['regression', FRIEDMAN, { regression: { loss: 'meanSquaredError' } }],
    ['{ regression: { loss: meanAbsoluteError } }', FRIEDMAN, { regression: { loss: 'meanAbsoluteError' } }],
    ['{ regression: { loss: { huber: {} } } }', FRIEDMAN, { regression: { loss: { huber: { delta: 1 } } } }],
    ['reconstruction', AUTOENCODER, { reconstruction: { noise: 0, loss: 'meanSquaredError' } }],
    [
      '{ reconstruction: { noise: 0.3, loss: { huber: { delta: 0.1 } } } }',
      AUTOENCODER,
      { reconstruction: { noise: 0.3, loss: { huber: { delta: 0.1 } } } },
    ],
  ])('given %s, then its defaults are filled in, and every stage has it', async (written, text, task) => {
    const spec = await parse(withTask(written, text));
    expect(spec.task).toEqual(task);
    const dense = baselineStage(spec, 'data', { stored: 'model' });
    const [method, schedule, recovery] = [spec.space.method[0], spec.space.schedule[0], spec.space.recovery[0]];
    if (method === undefined || schedule === undefined || recovery === undefined) throw new Error('no point');
    const stages = candidateStages(spec, dense, { method, sparsity: 0.8, schedule, recovery });
    for (const { operation } of [dense, ...stages, evaluationStage(spec, 'data', 'model')])
      expect(operation).toMatchObject({ training: { task } });
  });

  it('given classification, then it is as if nothing had been said', async () => {
    expect(await parse(withTask('classification', SHORT))).toEqual(await parse(SHORT));
    expect(await parse(SHORT)).not.toHaveProperty('task');
  });

  it.each([
    ['regression', 'r2'],
    ['reconstruction', 'psnr'],
  ] as const)('given a %s without objectives, then the first one is %s', async (task, metric) => {
    expect((await parse(METRICS_OF[task])).objectives).toEqual([{ maximize: metric }, { minimize: 'bytesGzip' }]);
  });

  it.each(
    (['regression', 'reconstruction'] as const).flatMap((task) =>
      METRIC_NAMES.map((name) => ({ task, name, has: !isQualityMetric(name) || TASK_METRICS[task].includes(name) })),
    ),
  )(
    'given a $task and the metric $name, then it is taken where the task has it ($has)',
    async ({ task, name, has }) => {
      const text = `${METRICS_OF[task]}objectives: [{ minimize: ${name} }]\nconstraints: [{ ${name}: { atLeast: 1 } }]\n`;
      if (has) {
        expect((await parse(text)).constraints).toEqual([{ metric: { name, atLeast: 1 } }]);
        return;
      }
      const { code, message, found, allowed = '' } = await refusal(text);
      expect({ code, message, found }).toEqual({
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        message: `A ${task} has no ${name} (and 1 more: constraints[0].${name})`,
        found: name,
      });
      for (const own of TASK_METRICS[task]) expect(allowed).toContain(own);
      expect(allowed).toContain('bytesGzip');
    },
  );

  it('given a top-k that a classification has not unasked, then every stage scores it, as objective, bound or selection', async () => {
    const spec = await parse(
      `${SHORT}objectives: [{ maximize: top3 }, { minimize: macs }]\nconstraints: [{ top2: { atLeast: 0.9 } }]\nselect: { best: top2 }\n`,
    );
    expect(spec).toMatchObject({
      objectives: [{ maximize: 'top3' }, { minimize: 'macs' }],
      constraints: [{ metric: { name: 'top2', atLeast: 0.9 } }],
      select: { best: 'top2' },
    });
    for (const { operation } of [
      baselineStage(spec, 'data', { stored: 'model' }),
      evaluationStage(spec, 'data', 'model'),
    ])
      expect(operation).toMatchObject({ training: { metrics: ['top2', 'top3'] } });
  });

  it.each([
    ['top10 of ten classes', SHORT, 'top10', 10, ['top5', 'top2', 'top3']],
    ['top5 of three classes', change('{ zoo: mnistCnn }', '{ file: models/spirals/model.json }'), 'top5', 3, ['top2']],
  ])('given %s, then it is refused with those that tell something', async (_, text, name, classes, others) => {
    const { allowed = '', ...told } = await refusal(`${text}constraints: [{ ${name}: { atLeast: 0.5 } }]\n`);
    expect(told).toMatchObject({
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      message: `Of ${classes} classes, ${name} is always 1`,
      place: expect.stringMatching(new RegExp(`constraints\\[0\\].${name}$`)),
      found: name,
    });
    expect(allowed.split(', ').filter((metric) => metric.startsWith('top'))).toEqual(others);
    expect(allowed).toContain('accuracy');
  });

  it('given images without labels, then a reconstruction takes them and a classification does not', async () => {
    const images = change('mnist\n', '{ idx: { images: data/friedman.csv } }\n', AUTOENCODER);
    expect((await parse(withTask('reconstruction', images))).dataset).toEqual({
      idx: { images: expect.stringMatching(/friedman.csv$/) },
    });
    const wanted = { code: 'PRUNEFRONT_SPEC_MISSING', message: 'A classification needs labels' };
    expect(await refusal(change('denoisingAutoencoder', 'mnistCnn', images))).toMatchObject(wanted);
  });

  it.each([
    [
      'a drop of accuracy of a regression',
      `${METRICS_OF.regression}constraints: [{ accuracyDrop: { atMost: 0.1 } }]\n`,
      {
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        message: 'A regression has no accuracy',
        place: /constraints\[0\].accuracyDrop/,
      },
    ],
    [
      'a top-k of a regression',
      `${METRICS_OF.regression}objectives: [{ maximize: top3 }]\n`,
      { code: 'PRUNEFRONT_SPEC_CONFLICT', message: 'A regression has no top3', place: /objectives\[0\].maximize/ },
    ],
    [
      'a selection by a metric of another task',
      `${SHORT}select: { best: psnr }\n`,
      { code: 'PRUNEFRONT_SPEC_CONFLICT', message: 'A classification has no psnr', place: /select.best/ },
    ],
    [
      'class weights of a reconstruction',
      change('optimizer: adam', 'optimizer: adam, classWeights: balanced', METRICS_OF.reconstruction),
      { code: 'PRUNEFRONT_SPEC_CONFLICT', message: 'A reconstruction has no classes to weigh', place: /classWeights/ },
    ],
    [
      'noise that would be reconstructed',
      change('optimizer: adam', 'optimizer: adam, augment: { noise: 0.1 }', METRICS_OF.reconstruction),
      { code: 'PRUNEFRONT_SPEC_CONFLICT', message: /^Noise of the augmentation/, place: /augment.noise/ },
    ],
    [
      'a classifier that is to reconstruct',
      withTask('reconstruction', SHORT),
      {
        code: 'PRUNEFRONT_MODEL_UNSUPPORTED',
        message: 'A reconstruction has the shape of the input',
        place: /model.zoo/,
      },
    ],
    [
      'an autoencoder that is to classify',
      AUTOENCODER,
      {
        code: 'PRUNEFRONT_MODEL_UNSUPPORTED',
        message: 'The last layer must give one list of numbers',
        place: /model.zoo/,
      },
    ],
    [
      'a classifier that is to give numbers',
      change('models/friedman', 'models/spirals', METRICS_OF.regression),
      { code: 'PRUNEFRONT_MODEL_UNSUPPORTED', message: /probabilities of classes/, place: /model.file/ },
    ],
    [
      'cross-entropy of outputs that are no probabilities',
      withTask('{ reconstruction: { loss: binaryCrossEntropy } }', AUTOENCODER),
      { code: 'PRUNEFRONT_MODEL_UNSUPPORTED', message: /^Binary cross-entropy/, allowed: 'sigmoid' },
    ],
    [
      'a regression of data with classes',
      withTask('regression', change('{ zoo: mnistCnn }', '{ file: models/friedman/model.json }')),
      { code: 'PRUNEFRONT_SPEC_CONFLICT', message: /^The built-in data have classes/, place: /dataset/ },
    ],
    [
      'a misspelt task',
      withTask('regresion', SHORT),
      { code: 'PRUNEFRONT_SPEC_VALUE', hint: 'did you mean regression?' },
    ],
    ['noise below zero', withTask('{ reconstruction: { noise: -1 } }', AUTOENCODER), { code: 'PRUNEFRONT_SPEC_RANGE' }],
  ])('given %s, then it is refused with its place', async (_, text, wanted) => {
    const error = await refusal(text);
    for (const [key, value] of Object.entries(wanted)) {
      const found = String(error[key as keyof typeof error]);
      if (value instanceof RegExp) expect(found).toMatch(value);
      else expect(found).toBe(value);
    }
  });
});
