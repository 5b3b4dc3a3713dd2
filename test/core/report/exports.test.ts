import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, test } from 'vitest';
import { modelCard } from '../../../core/report/model-card.js';
import { observationLines } from '../../../core/report/observation-lines.js';
import { sequentialOf } from '../../support/tiny-networks.js';
import { SAMPLE_MODEL, sampleResult } from './sample-result.js';

const result = sampleResult();

/** The same value made again with its keys the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
}

describe('observations as JSON lines', () => {
  const lines = observationLines(result).trimEnd().split('\n');
  const parsed = lines.map((line) => JSON.parse(line));

  test('one line a row: dense first, failed ones with their cause', () => {
    expect(parsed.map(({ id }) => id)).toEqual(result.rows.map(({ id }) => id));
    expect(parsed[0]).toMatchObject({ id: 'dense', candidate: null, cause: null });
    expect(parsed[12]).toMatchObject({ status: 'failed', observation: null, cause: { code: 'PRUNEFRONT_DIVERGED' } });
  });

  test('every number of every observation is there as it was measured', () => {
    for (const [i, row] of result.rows.entries()) {
      if (row.status === 'ok') expect(parsed[i].observation).toEqual(row.observation);
    }
  });

  test('all lines have the same keys in the same order, whatever order they came in', () => {
    for (const row of parsed) expect(Object.keys(row)).toEqual(Object.keys(parsed[0]));
    expect(observationLines(reversed(result) as typeof result)).toBe(observationLines(result));
  });
});

describe('the model card', () => {
  // Inside the clone, so that the card's code finds the packages as a user's project would.
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, 'node_modules/.cache/card-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const card = modelCard(result, 'c011', SAMPLE_MODEL);

  test('says what the model is and what was measured of it', () => {
    expect(card).toContain('weight magnitude global, 70 %, 2 rounds');
    expect(card).toContain('98.80\u202f%');
    expect(card).toContain('98.59\u202f%');
    expect(card).toContain('Nothing was physically removed');
  });

  test.each([
    [
      { npz: { file: 'd.npz', x: 'x', y: 'y' } },
      'unsigned bytes divided by 255, so from 0 to 1, any other numbers as they are',
    ],
    [
      { npy: { x: 'x.npy', y: 'y.npy' } },
      'unsigned bytes divided by 255, so from 0 to 1, any other numbers as they are',
    ],
    [{ csv: { file: 'd.csv', label: 'kind' } }, 'without the label column `kind`, as they are'],
    [{ idx: { images: 'x.idx', labels: 'y.idx' } }, 'Bytes of the images divided by 255'],
  ])('given data of %j, says what the model was fed with', (dataset, said) => {
    expect(modelCard(sampleResult({ spec: { ...result.spec, dataset } }), 'c011', SAMPLE_MODEL)).toContain(said);
  });

  test.each([
    ['a softmax in its last layer', [{ units: 3, activation: 'softmax' }], 'one probability a class'],
    ['a layer of its own for the softmax', [{ units: 3 }, null], 'one probability a class'],
    ['a linear last layer', [{ units: 3, activation: 'linear' }], 'one logit a class'],
    ['no activation named', [{ units: 3 }], 'one logit a class'],
  ])('given %s, says what the output is', (_, layers, said) => {
    const topology = sequentialOf(
      [4],
      layers.map((config, i) => ({
        class_name: config === null ? 'Softmax' : 'Dense',
        config: { name: `l${i}`, ...config },
      })),
    );
    expect(modelCard(result, 'c011', topology)).toContain(said);
  });

  test('compares the latency of smaller shapes alone, because zeros make nothing faster', () => {
    const compared = (id: string): string | undefined =>
      /\| Latency p50 \|.*\| (.*) \|/.exec(modelCard(result, id, SAMPLE_MODEL))?.[1];
    expect(compared('c011')).toBe('same shape: not compared');
    expect(compared('c010')).toMatch(/× faster$/);
    expect(compared('dense')).toBe('unchanged');
  });

  test('says when test was not measured', () => {
    const untested = modelCard(result, 'c001', SAMPLE_MODEL);
    expect(untested).toContain('It was not scored on test.');
    expect(untested).not.toContain('Accuracy, test |');
  });

  test('its code for plain tfjs loads a saved model', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4], activation: 'softmax' })] });
    await model.save(
      tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
        writeFileSync(
          join(folder, 'model.json'),
          JSON.stringify({ modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] }),
        );
        writeFileSync(join(folder, 'weights.bin'), new Uint8Array(weightData as ArrayBuffer));
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const code = [...card.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] ?? '').at(-1) ?? '';
    writeFileSync(join(folder, 'load.mjs'), code);
    const printed = execFileSync(process.execPath, ['load.mjs'], { cwd: folder, encoding: 'utf8' });
    const probabilities = printed.match(/\d\.\d+/g)?.map(Number) ?? [];
    expect(probabilities).toHaveLength(3);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  });

  test.each(['c012', 'c999'])('there is none for %s, which failed or does not exist', (id) => {
    expect(() => modelCard(result, id, SAMPLE_MODEL)).toThrowError(
      expect.objectContaining({ code: 'PRUNEFRONT_CANDIDATE_NOT_FOUND' }),
    );
  });
});
