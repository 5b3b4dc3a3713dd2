import { describe, expect, it } from 'vitest';
import { zooModel } from '../../../../core/models/zoo/index.js';
import {
  calibrationKey,
  DEFAULT_OPTIMIZER,
  loadModel,
  namedModel,
  optimizerKind,
  parseOptimizer,
} from '../../../../core/training/calibration/calibration.js';
import { syntheticData } from '../../../../core/training/calibration/synthetic-data.js';
import { errorOf } from '../../../support/errors.js';

const MODEL = zooModel('mnistMlp');
const SUBJECT = { batchSize: 64, optimizer: DEFAULT_OPTIMIZER };
const PLACE = { device: 'AMD EPYC', cores: 2, version: '0.1.0' };
const KEY = calibrationKey(MODEL, SUBJECT, PLACE);
const slower = { adam: { learningRate: 1e-5, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };
const sgd = { sgd: { learningRate: 0.1, momentum: 0, nesterov: false } };

describe('the key of a calibration', () => {
  it.each([
    ['the same', calibrationKey(MODEL, SUBJECT, PLACE)],
    ['another name of the model', calibrationKey({ ...MODEL, name: 'other' }, SUBJECT, PLACE)],
    ['another learning rate', calibrationKey(MODEL, { ...SUBJECT, optimizer: slower }, PLACE)],
  ])('given %s, then it is the same', (_, key) => {
    expect(key).toBe(KEY);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['another shape', calibrationKey(zooModel('lenet300100'), SUBJECT, PLACE)],
    ['another batch size', calibrationKey(MODEL, { ...SUBJECT, batchSize: 65 }, PLACE)],
    ['another kind of optimizer', calibrationKey(MODEL, { ...SUBJECT, optimizer: sgd }, PLACE)],
    ['another device', calibrationKey(MODEL, SUBJECT, { ...PLACE, device: 'NVIDIA H100' })],
    ['another number of cores', calibrationKey(MODEL, SUBJECT, { ...PLACE, cores: 3 })],
    ['another version', calibrationKey(MODEL, SUBJECT, { ...PLACE, version: '0.1.1' })],
  ])('given %s, then it is another', (_, key) => {
    expect(key).not.toBe(KEY);
  });
});

describe('a model that is named', () => {
  it.each([
    ['mnistCnn', { zoo: 'mnistCnn' }],
    ['model.json', { file: 'model.json' }],
    ['models/one', { file: 'models/one' }],
  ])('given %s, then it is %j', (text, expected) => {
    expect(namedModel(text)).toEqual(expected);
  });

  it('given one that does not exist, when it is loaded, then that is said', async () => {
    await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () => loadModel({ zoo: 'nope' }));
    await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () => loadModel({ file: '/nope/model.json' }));
    expect((await loadModel({ zoo: 'mnistMlp' })).weights.length).toBeGreaterThan(0);
  });
});

describe('an optimizer from the command line', () => {
  it('given JSON, then it is that, and else a wrong use', async () => {
    expect(parseOptimizer(JSON.stringify(sgd))).toEqual(sgd);
    expect(optimizerKind(sgd)).toBe('sgd');
    await errorOf('PRUNEFRONT_USAGE', () => parseOptimizer('{'));
  });
});

describe('data of noise', () => {
  it.each([1, 64, 100, 5000])('given batches of %d, then it is whole batches of what the model takes', (batchSize) => {
    const data = syntheticData(MODEL, batchSize);
    const examples = data.labels.length;
    expect(examples % batchSize).toBe(0);
    expect([...data.train].sort((a, b) => a - b)).toEqual(Array.from({ length: examples }, (_, i) => i));
    expect(data.x.length).toBe(examples * data.exampleShape.reduce((product, n) => product * n, 1));
    expect(data.classes).toBe(10);
    expect(new Set(data.labels).size).toBeLessThanOrEqual(10);
  });
});
