import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDataset } from '../../../core/datasets/index.js';
import { inputShape, outputShape } from '../../../core/models/described-topology.js';
import { readModelFile } from '../../../core/models/model-file.js';
import { loadPlugin } from '../../../core/plugins/load-plugin.js';
import { planSweep } from '../../../core/search/plan.js';
import { EXAMPLES, parse } from './parse.js';

const assumed = { examplesPerSecond: 2000, slots: 2, trainExamples: 7000 };
const read = (name: string) => parse(readFileSync(join(EXAMPLES, name), 'utf8'));
const names = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));

describe('the examples', () => {
  beforeAll(() => loadPlugin(join(EXAMPLES, 'plugin', 'plugin.mjs')));

  it.each(names)('given %s, then it is a whole spec with a plan', async (name) => {
    const spec = await read(name);
    expect([basename(name, '.yaml'), dirname(name)]).toContain(spec.name);
    expect(planSweep(spec, assumed).candidates).toBeGreaterThan(2);
  });

  it('given the demo, then it is 27 candidates of every strategy, and equal stages are shared', async () => {
    const plan = planSweep(await read('demo.yaml'), assumed);
    expect(plan.candidates).toBe(27);
    expect(plan.stagesAfterSharing).toBeLessThan(plan.stages);
    expect(plan.wallClockSeconds).toBeLessThan(150);
  });

  it('given the smoke sweep, then it is four candidates', async () => {
    expect(planSweep(await read('smoke.yaml'), assumed).candidates).toBe(4);
  });

  it('given the CSV example, then its model fits its data', async () => {
    const { model, dataset } = await read('csv.yaml');
    const { exampleShape, labels, classes } = await readDataset(dataset);
    expect({ exampleShape, classes, examples: labels.length }).toEqual({
      exampleShape: [2],
      classes: 3,
      examples: 900,
    });
    const { topology } = await readModelFile('file' in model ? model.file : '');
    expect([inputShape(topology), outputShape(topology)]).toEqual([[2], [3]]);
  });
});
