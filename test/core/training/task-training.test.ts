import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDataset } from '../../../core/datasets/prepare.js';
import { readModelFile } from '../../../core/models/model-file.js';
import { baselineStage, candidateStages, scoreStage } from '../../../core/search/stages.js';
import type { Observation } from '../../../core/sweep/observation.js';
import { summarize } from '../../../core/sweep/observation.js';
import type { SearchPoint } from '../../../core/sweep/stage.js';
import { taskName } from '../../../core/sweep/task.js';
import { storeLayersModel } from '../../../core/training/stages/initial-state.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { tinySweep } from '../../support/tiny-sweep.js';
import { EXAMPLES, parse } from '../spec/parse.js';

/** The dense model of an example, on all of its data, and a candidate, scored on test. */
interface Run {
  readonly dense: Observation;
  readonly pruned: Observation;
}

const folders = temporaryFolders(afterAll);

async function runExample(name: string): Promise<Run> {
  const spec = await parse(readFileSync(join(EXAMPLES, `${name}.yaml`), 'utf8'));
  const { store, run } = await tinySweep(await folders());
  if ('folds' in spec.split) throw new Error('a single data set is wanted');
  const { key } = await prepareDataset(spec.dataset, spec.split, store, taskName(spec.task));
  const model =
    'zoo' in spec.model ? spec.model : { stored: await storeLayersModel(await readModelFile(spec.model.file), store) };
  const baseline = baselineStage(spec, key, model);
  const { observation: dense } = await run(baseline, { callMs: 200 });
  const { method, schedule, recovery } = spec.space;
  const point = { method: method[1], sparsity: 0.5, schedule: schedule[0], recovery: recovery[0] } as SearchPoint;
  const [stage] = candidateStages(spec, baseline, point);
  if (stage === undefined) throw new Error('no stage');
  await run(stage, { callMs: 200 });
  const { observation: pruned } = await run(scoreStage(stage));
  return { dense, pruned };
}

describe.each([
  { example: 'mobile-net', metric: 'accuracy', dense: 0.95, pruned: 0.9 },
  { example: 'gru', metric: 'accuracy', dense: 0.92, pruned: 0.88 },
  { example: 'autoencoder', metric: 'psnr', dense: 21, pruned: 19 },
  { example: 'regression', metric: 'r2', dense: 0.9, pruned: 0.88 },
] as const)('the example $example', ({ example, metric, dense, pruned }) => {
  let run: Run;
  beforeAll(async () => {
    run = await runExample(example);
  });

  it(`given its dense model, then its ${metric} is at least ${dense}, and all of it ran compiled`, () => {
    expect(run.dense.validation[metric]).toBeGreaterThan(dense);
    expect(run.dense.engine).toEqual({ kind: 'compiled', precision: 'float32' });
    expect(run.dense.latency.p50).toBeGreaterThan(0);
  });

  it(`given half of its units removed, then its ${metric} on test is at least ${pruned}`, () => {
    expect(run.pruned.test?.[metric]).toBeGreaterThan(pruned);
    expect(run.pruned.engine).toEqual({ kind: 'compiled', precision: 'float32' });
    expect(run.pruned.macs).toBeLessThan(0.7 * run.dense.macs);
  });

  it('given its summary, then it has the metrics of its task and no others', () => {
    const summary = summarize(run.pruned);
    expect(summary[metric]).toBe(run.pruned.validation[metric]);
    const found = ['accuracy', 'top5', 'macroF1', 'r2', 'mae', 'psnr', 'mse'].filter((name) => name in summary);
    const own = { accuracy: ['accuracy', 'top5', 'macroF1'], r2: ['r2', 'mae'], psnr: ['psnr', 'mse'] };
    expect(found).toEqual(own[metric]);
    const tested = metric === 'accuracy' ? summary.testAccuracy : summary.testScore;
    expect(tested).toBe(run.pruned.test?.[metric]);
  });
});
