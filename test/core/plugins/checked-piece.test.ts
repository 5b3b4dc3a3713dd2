import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPRESSIONS } from '../../../core/compression/index.js';
import { READERS } from '../../../core/datasets/index.js';
import { PrunefrontError } from '../../../core/errors.js';
import { METRICS, type ScoredTask } from '../../../core/evaluation/metrics/index.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { loadPlugin } from '../../../core/plugins/load-plugin.js';
import { CRITERIA, unitScores, weightScores } from '../../../core/pruning/criteria/index.js';
import { GRANULARITIES } from '../../../core/pruning/granularities/index.js';
import { resolveSchedule } from '../../../core/pruning/schedules/index.js';
import { SCOPES } from '../../../core/pruning/scopes/index.js';
import { selectAtoms } from '../../../core/pruning/selection/index.js';
import { isOwnMetric } from '../../../core/sweep/spec.js';
import { LOSSES } from '../../../core/training/objectives/losses/index.js';
import { errorOf } from '../../support/errors.js';
import { evidenceOf } from '../../support/evidence.js';
import { pluginFile } from '../../support/plugins.js';
import { layerOf } from '../../support/scored-layers.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { pruning, type TinySweep, TRAINING, tinySweep } from '../../support/tiny-sweep.js';
import { layerOf as comparedOf } from '../pruning/selection/layers.js';

const told = (name: string): string => `name: '${name}', summary: 's', source: 's', settings: {}`;
const boom = "() => { throw new TypeError('boom'); }";
const ONE_TASK = "tasks: ['classification']";
const PLUGIN = `{
  criteria: [
    { ${told('short')}, weights: ({ values }) => values.slice(1), units: ({ units }) => Array(units).fill(1) },
    { ${told('failing')}, weights: ${boom}, alike: ${boom} },
    { ${told('asking')}, measures: true, weights: (kernel, evidence) => evidence.gradients().get(kernel.weight) },
    { ${told('strange')}, weights: ({ values }) => values, alike: () => [0, 1, 2, 4], rounds: () => 0 },
  ],
  granularities: [{ ${told('atomless')}, kind: 'mask', unfit: () => null, atomOf: () => new Uint32Array(3) }],
  scopes: [
    { ${told('dense')}, densities: (layers) => layers.map(() => 2) },
    { ${told('unranked')}, rank: (layers) => layers.map(({ scores }) => scores.map(() => NaN)) },
  ],
  schedules: [
    { ${told('nowhere')}, resolve: () => ({ sparsityAt: () => NaN, shouldPruneAt: () => true, lastStep: 3 }) },
    { ${told('unresolved')}, resolve: () => ({}) },
  ],
  compressions: [
    { ${told('empty')}, makes: 'layers', apply: async () => ({}) },
    { ${told('patient')}, makes: 'layers', apply: async (model, settings, context) => { await context.tick(); } },
  ],
  readers: [{ ${told('lists')}, read: async () => ({ x: [1], exampleShape: [1], labels: [0], classes: 1 }) }],
  losses: [{ ${told('total')}, ${ONE_TASK}, create: () => ({ perExample: (tf, outputs) => outputs.sum() }) }],
  metrics: [
    { ${told('total')}, ${ONE_TASK}, examples: (tf, outputs) => outputs.sum(), of: () => 'many' },
    { ${told('undefinedRatio')}, ${ONE_TASK}, examples: (tf, outputs) => outputs.mean(1).mul(NaN) },
    ...((examples) => [
      { ${told('mean')}, ${ONE_TASK}, examples },
      { ${told('sum')}, ${ONE_TASK}, examples, of: (values) => values.length },
    ])((tf, outputs) => outputs.mean(1)),
  ],
}`;

const tf = loadTensorFlow();
const layer = layerOf('Dense', 1);
const [kernel] = layer.kernels;
if (kernel === undefined) throw new Error('no kernel');
const evidence = evidenceOf({});
const outputs: Tensor = tf.ones([2, 3]);
const compared = [comparedOf('a', [1, 2, 3]), comparedOf('b', [1, 2])];
const atHalf = (scope: string) => () =>
  selectAtoms(compared, SCOPES.get(scope), {}, { sparsity: 0.5, count: 'weights' });
const atomsOf = () => {
  const granularity = GRANULARITIES.get('atomless');
  return granularity.kind === 'mask' ? granularity.atomOf(kernel, {}) : null;
};

describe('pieces of a plugin', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let file: string;
  let sweep: TinySweep;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    file = await pluginFile(folder, PLUGIN);
    await loadPlugin(file);
    sweep = await tinySweep(folder);
  });
  afterAll(() => outputs.dispose());

  it.each<readonly [string, () => unknown, string, string, string]>([
    [
      'too few scores of weights',
      () => weightScores(CRITERIA.get('short'), kernel, evidence, {}),
      'criterion short, layer own',
      'Float32Array of 19',
      'a Float32Array of 20 scores',
    ],
    [
      'a plain list of scores of units',
      () => unitScores(CRITERIA.get('short'), layer, evidence, {}),
      'criterion short, layer own',
      'Array of 4: 1, 1, 1, 1',
      'a Float32Array of 4 scores',
    ],
    [
      'units that there are none of',
      () => CRITERIA.get('strange').alike?.(layer, evidence, {}),
      'criterion strange, layer own',
      'Array of 4: 0, 1, 2, 4',
      '4 units, each from 0 to 3',
    ],
    ['no round', () => CRITERIA.get('strange').rounds?.({}), 'criterion strange', '0', 'an integer, at least 1'],
    ['too few atoms', atomsOf, 'granularity atomless, layer own', 'Uint32Array of 3', 'a Uint32Array of 20 atoms'],
    [
      'densities of 2',
      atHalf('dense'),
      'scope dense',
      'Array of 2: 2, 2',
      '2 densities, one for each layer, from 0 to 1',
    ],
    ['priorities of NaN', atHalf('unranked'), 'scope unranked', 'NaN', '3 priorities of the layer a, none NaN'],
    [
      'a sparsity of NaN',
      () => resolveSchedule('nowhere', 0.5, 10).sparsityAt(0),
      'schedule nowhere',
      'NaN',
      'a number from 0 to 1',
    ],
    [
      'no way',
      () => resolveSchedule('unresolved', 0.5, 10),
      'schedule unresolved',
      'an object with nothing',
      'sparsityAt',
    ],
    [
      'no model',
      () => COMPRESSIONS.get('empty').apply({} as never, {}, {} as never),
      'compression empty',
      'an object with nothing',
      'a model',
    ],
    [
      'lists for data',
      () => READERS.get('lists').read({}, 'classification'),
      'reader lists',
      'x, exampleShape',
      'Int32Array',
    ],
    [
      'one loss for all examples',
      () => LOSSES.get('total').create({}).perExample(tf, outputs, outputs),
      'loss total',
      'a tensor of shape []',
      'a tensor of shape [2]',
    ],
    [
      'one value for all examples',
      () => METRICS.get('total').examples(tf, outputs, outputs, {} as ScoredTask),
      'metric total',
      'a tensor of shape []',
      'first axis is 2',
    ],
    [
      'a metric that is no number',
      () => METRICS.get('total').of?.(new Float32Array(2), 2, {} as ScoredTask),
      'metric total',
      'many',
      'a number',
    ],
  ])('given one that gives %s, then it is told with what is allowed', async (_, run, place, found, allowed) => {
    const { facts } = await errorOf('PRUNEFRONT_PLUGIN', run);
    expect(facts).toMatchObject({
      place,
      found: expect.stringContaining(found),
      allowed: expect.stringContaining(allowed),
      hint: `mend ${file}`,
    });
  });

  it('given metrics with the same function for examples, then they still share what it gives', () => {
    expect(METRICS.get('mean').examples).toBe(METRICS.get('sum').examples);
  });

  it('given one that throws, then the piece, the function, the layer and the message are told', async () => {
    const criterion = CRITERIA.get('failing');
    const error = await errorOf('PRUNEFRONT_PLUGIN', () => weightScores(criterion, kernel, evidence, {}));
    expect(error.message).toBe('The criterion failing fails in weights of layer own');
    expect(error.facts).toMatchObject({ place: 'criterion failing, layer own', found: 'boom' });
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('given what Prunefront itself throws through one, then it stays what it is', async () => {
    const criterion = CRITERIA.get('asking');
    const typed = new PrunefrontError('PRUNEFRONT_OUT_OF_MEMORY', 'full');
    const bug = new Error('a bug');
    for (const error of [typed, bug]) {
      const gradients = (): never => {
        throw error;
      };
      expect(() => weightScores(criterion, kernel, evidenceOf({ gradients }), {})).toThrow(error);
    }
    const takenBack = new Error('taken back');
    const context = { tick: () => Promise.reject(takenBack) };
    const applied = COMPRESSIONS.get('patient').apply({} as never, {}, context as never);
    await expect(applied).rejects.toBe(takenBack);
  });

  it('given a stage with a piece that throws, then it fails with its name', async () => {
    const baseline = sweep.baseline({ zoo: 'mnistMlp' }, [], { ...TRAINING, epochs: 0 });
    await sweep.run(baseline);
    const method = { granularity: 'weight', criterion: 'failing', scope: 'global' };
    const stage = sweep.child(baseline, pruning({ method, training: { ...TRAINING, epochs: 0 } }));
    const { facts } = await errorOf('PRUNEFRONT_PLUGIN', () => sweep.run(stage));
    expect(facts).toMatchObject({ place: 'criterion failing, layer hidden', found: 'boom' });
  });

  it('given a metric that is NaN, then the dense model is refused with its name', async () => {
    const training = { ...TRAINING, epochs: 0, metrics: ['undefinedRatio'].filter(isOwnMetric) };
    const stage = sweep.baseline({ zoo: 'mnistMlp' }, [], training);
    const { facts } = await errorOf('PRUNEFRONT_PLUGIN', () => sweep.run(stage));
    expect(facts).toMatchObject({ place: 'metric undefinedRatio', found: 'NaN' });
  });
});
