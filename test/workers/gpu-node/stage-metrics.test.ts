import { beforeEach, describe, expect, it } from 'vitest';
import type { StageEnd } from '../../../activities/index.js';
import type { RunStageInput } from '../../../core/sweep/progress.js';
import type { StageOperation, StageProgress } from '../../../core/sweep/stage.js';
import { StageMetrics } from '../../../workers/gpu-node/stage-metrics.js';
import { createMetrics, type Metrics } from '../../../workers/metrics/registry.js';
import { parsePrometheus, seriesValue } from '../../support/prometheus-text.js';
import { ADAM, pruning } from '../../support/tiny-sweep.js';

const BATCH = 32;
const PRUNE = pruning({ training: { epochs: 1, batchSize: BATCH, optimizer: ADAM } });
const METHOD = 'weight magnitude global';
const DONE: StageEnd = { outcome: 'done', cause: null, sparsity: 0.81, engine: 'compiled' };

function inputOf(operation: StageOperation = PRUNE): RunStageInput {
  const stage = { key: 'k', parent: null, baseline: 'b', dataset: 'd', seed: 1, operation };
  return { sweep: 'lenet', candidate: 'c', label: 'l', stage };
}

/** @param from - step of the checkpoint that the trainer went on from */
function at(step: number, phase: StageProgress['phase'] = 'train', from = 0): StageProgress {
  const numbers = { epoch: 1, epochs: 1, step, steps: 100, loss: 1, imagesPerSecond: null, sparsity: 0 };
  return { phase, ...numbers, images: (step - from) * BATCH, checkpoint: null };
}

describe('the stages of a node as metrics', () => {
  let metrics: Metrics;
  let stages: StageMetrics;
  const value = async (name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | null> =>
    seriesValue(parsePrometheus(await metrics.text()), name, labels);
  const images = (): Promise<number | null> => value('prunefront_images_trained_total', { node: 'one' });

  beforeEach(() => {
    metrics = createMetrics('worker');
    stages = new StageMetrics(metrics, 'one', (slot) => (slot === 3 ? 'nvidia-h100' : 'cpu'));
  });

  it('given a node that has done nothing, then images and resumed stages are 0 and not absent, as a rate needs', async () => {
    expect([await images(), await value('prunefront_stages_resumed_total', { node: 'one' })]).toEqual([0, 0]);
  });

  it('given a stage from the queue to its end, then each of its times, its method and what it reached are counted', async () => {
    stages.took(inputOf(), 4000);
    stages.started(inputOf(), 3, false);
    expect(await value('prunefront_stages_running', { node: 'one', method: METHOD })).toBe(1);
    stages.ended(inputOf(), 3, DONE);
    const ended = { node: 'one', sweep: 'lenet', method: METHOD, outcome: 'done', cause: '' };
    expect(await value('prunefront_stages_ended_total', ended)).toBe(1);
    expect(await value('prunefront_stages_running', { node: 'one', method: METHOD })).toBe(0);
    expect(await value('prunefront_stage_queue_seconds_sum', { method: METHOD })).toBe(4);
    expect(await value('prunefront_stage_run_seconds_count', { method: METHOD, outcome: 'done' })).toBe(1);
    expect(await value('prunefront_sparsity_reached_ratio_sum', { method: METHOD })).toBe(0.81);
    expect(await value('prunefront_device_seconds_total', { node: 'one', device: 'nvidia-h100' })).toBeGreaterThan(0);
  });

  it('given stages that ran compiled and eagerly, then each engine has its number, from 0 on', async () => {
    const counts = (): Promise<(number | null)[]> =>
      Promise.all(['compiled', 'eager'].map((engine) => value('prunefront_stages_by_engine_total', { engine })));
    expect(await counts()).toEqual([0, 0]);
    for (const engine of ['compiled', 'compiled', 'eager', null] as const) {
      stages.started(inputOf(), 0, false);
      stages.ended(inputOf(), 0, { ...DONE, engine });
    }
    expect(await counts()).toEqual([2, 1]);
  });

  it('given progress that leaves steps out, then every example of the steps between is counted once', async () => {
    stages.started(inputOf(), 0, false);
    for (const progress of [at(0, 'prune'), at(1), at(7), at(7, 'prune'), at(8), at(20)])
      stages.progressed(inputOf(), 0, progress);
    expect(await images()).toBe(20 * BATCH);
  });

  it('given a stage that goes on from a checkpoint, then the steps before it are not counted again', async () => {
    stages.started(inputOf(), 0, true);
    for (const progress of [at(51, 'train', 50), at(60, 'train', 50)]) stages.progressed(inputOf(), 0, progress);
    expect(await images()).toBe(10 * BATCH);
    expect(await value('prunefront_stages_resumed_total', { node: 'one' })).toBe(1);
  });

  it('given a trainer that is lost in the middle, when its successor repeats steps, then those were trained twice, in one stage that runs', async () => {
    stages.started(inputOf(), 0, false);
    for (const progress of [at(1), at(30)]) stages.progressed(inputOf(), 0, progress);
    stages.started(inputOf(), 0, true);
    for (const progress of [at(21, 'train', 20), at(40, 'train', 20)]) stages.progressed(inputOf(), 0, progress);
    expect(await images()).toBe((30 + 20) * BATCH);
    expect(await value('prunefront_stages_running', { node: 'one', method: METHOD })).toBe(1);
  });

  it.each<[string, number | null, StageEnd, object]>([
    [
      'was handed over',
      0,
      { outcome: 'handed_over', cause: null, sparsity: null, engine: null },
      { outcome: 'handed_over', cause: '' },
    ],
    [
      'failed',
      0,
      { outcome: 'failed', cause: 'PRUNEFRONT_DIVERGED', sparsity: null, engine: null },
      { outcome: 'failed', cause: 'PRUNEFRONT_DIVERGED' },
    ],
    [
      'was in the store already',
      null,
      { outcome: 'reused', cause: null, sparsity: null, engine: null },
      { outcome: 'reused', cause: '' },
    ],
  ])('given a stage that %s, then it is counted as that and reached no sparsity', async (_, slot, end, labels) => {
    if (slot !== null) stages.started(inputOf(), slot, false);
    stages.ended(inputOf(), slot, end);
    expect(await value('prunefront_stages_ended_total', { ...labels, sweep: 'lenet' })).toBe(1);
    expect(await value('prunefront_sparsity_reached_ratio_count', { method: METHOD })).toBeNull();
    expect(await value('prunefront_stage_run_seconds_count', { method: METHOD })).toBe(slot === null ? null : 1);
  });
});
