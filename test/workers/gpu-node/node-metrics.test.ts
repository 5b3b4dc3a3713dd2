import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeRecord } from '../../../core/nodes/node-record.js';
import type { RunStageInput } from '../../../core/sweep/progress.js';
import type { StageProgress } from '../../../core/sweep/stage.js';
import { observeNode } from '../../../workers/gpu-node/node-metrics.js';
import { SlotBoard } from '../../../workers/gpu-node/slot-board.js';
import { StageMetrics } from '../../../workers/gpu-node/stage-metrics.js';
import { createMetrics } from '../../../workers/metrics/registry.js';
import { parsePrometheus, seriesValue } from '../../support/prometheus-text.js';

const METHOD = 'weight magnitude global';
const ADAM = { adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };
const INPUT: RunStageInput = {
  ...{ sweep: 'night', candidate: 'c001', label: 'weight, 80 %' },
  stage: {
    ...{ key: 'k1', parent: 'p', baseline: 'b', dataset: 'd', seed: 1 },
    operation: {
      ...{ kind: 'prune', sparsity: 0.8, schedule: 'oneShot', rewind: 'none' },
      method: { granularity: 'weight', criterion: 'magnitude', scope: 'global' },
      training: { epochs: 1, batchSize: 32, optimizer: ADAM },
    },
  },
};
const at = (step: number, images = 0): StageProgress => ({
  ...{
    phase: 'train',
    step,
    images,
    steps: 100,
    epoch: 1,
    epochs: 1,
    loss: 1,
    imagesPerSecond: 500,
    sparsity: 0.8,
    checkpoint: null,
  },
});

describe('the metrics of a node', () => {
  let metrics: ReturnType<typeof createMetrics>;
  let stages: StageMetrics;
  const value = async (name: string, labels: Record<string, string> = {}): Promise<number | null> =>
    seriesValue(parsePrometheus(await metrics.text()), name, labels);

  beforeEach(() => {
    metrics = createMetrics('worker');
    stages = new StageMetrics(metrics, 'n1', () => 'cpu');
  });

  it('given a stage that ran to its end, then its outcome, times, sparsity and images are counted', async () => {
    stages.took(INPUT, 1500);
    stages.started(INPUT, 0, false);
    for (const step of [1, 2, 5]) stages.progressed(INPUT, 0, at(step, step * 32));
    expect(await value('prunefront_stages_running', { node: 'n1', method: METHOD })).toBe(1);
    stages.ended(INPUT, 0, { outcome: 'done', cause: null, sparsity: 0.8 });
    const ended = { node: 'n1', sweep: 'night', method: METHOD, outcome: 'done', cause: '' };
    expect(await value('prunefront_stages_ended_total', ended)).toBe(1);
    expect(await value('prunefront_stage_queue_seconds_sum', { method: METHOD })).toBe(1.5);
    expect(await value('prunefront_stage_run_seconds_count', { method: METHOD, outcome: 'done' })).toBe(1);
    expect(await value('prunefront_sparsity_reached_ratio_sum', { method: METHOD })).toBe(0.8);
    expect(await value('prunefront_images_trained_total', { node: 'n1' })).toBe(160);
    expect(await value('prunefront_stages_running', { node: 'n1', method: METHOD })).toBe(0);
    expect(await value('prunefront_device_seconds_total', { node: 'n1', device: 'cpu' })).toBeGreaterThanOrEqual(0);
  });

  it('given a stage that goes on from a checkpoint, then the steps before it are not counted again', async () => {
    stages.started(INPUT, 0, true);
    for (const step of [61, 64]) stages.progressed(INPUT, 0, at(step, (step - 60) * 32));
    // Its trainer dies, and the next one goes on from a checkpoint before that.
    stages.started(INPUT, 0, true);
    for (const step of [63, 64]) stages.progressed(INPUT, 0, at(step, (step - 62) * 32));
    expect(await value('prunefront_images_trained_total', { node: 'n1' })).toBe((4 + 2) * 32);
    expect(await value('prunefront_stages_resumed_total', { node: 'n1' })).toBe(2);
  });

  it('given a stage that failed before it had a slot, then it is counted with its cause, and no time is', async () => {
    stages.took(INPUT, 0);
    stages.ended(INPUT, null, { outcome: 'failed', cause: 'PRUNEFRONT_STORE_FULL', sparsity: null });
    const failed = { outcome: 'failed', cause: 'PRUNEFRONT_STORE_FULL' };
    expect(await value('prunefront_stages_ended_total', failed)).toBe(1);
    expect(await value('prunefront_stage_run_seconds_count', { outcome: 'failed' })).toBeNull();
  });

  it('given a node with a GPU, then slots, trainers and what the driver tells are there, and what it does not tell is absent', async () => {
    const record: NodeRecord = {
      ...{ name: 'n1', state: 'draining', version: '1', taskQueues: [], startedAt: '', seenAt: '' },
      devices: [
        {
          ...{ id: '0', kind: 'nvidia-h100', name: 'NVIDIA H100', utilization: 0.5, powerWatts: null },
          ...{ memoryUsedBytes: 1, memoryTotalBytes: 2, temperatureCelsius: 40 },
        },
      ],
      slots: [{ slot: 0, device: '0', state: 'busy', work: null, trainerRestarts: 1, trainerResidentBytes: 9 }],
    };
    observeNode(metrics, () => record);
    expect(await value('prunefront_slots', { node: 'n1', state: 'busy' })).toBe(1);
    expect(await value('prunefront_slots', { node: 'n1', state: 'free' })).toBe(0);
    expect(await value('prunefront_node_draining', { node: 'n1' })).toBe(1);
    expect(await value('prunefront_trainer_resident_bytes', { node: 'n1', slot: '0' })).toBe(9);
    expect(await value('prunefront_gpu_utilization_ratio', { node: 'n1', gpu: '0' })).toBe(0.5);
    expect(await value('prunefront_gpu_power_watts', { node: 'n1' })).toBeNull();
  });
});

describe('what a slot is at', () => {
  it('given the life of a stage, then its work is shown from its start to its end', () => {
    const board = new SlotBoard();
    board.started(INPUT, 1);
    expect(board.workOf(1)).toMatchObject({ sweep: 'night', candidate: 'c001', phase: 'load', step: 0 });
    board.progressed(INPUT, 1, at(7));
    expect(board.workOf(1)).toMatchObject({ phase: 'train', step: 7, steps: 100, imagesPerSecond: 500 });
    expect(board.workOf(0)).toBeNull();
    board.ended(INPUT, 1, { outcome: 'done', cause: null, sparsity: null });
    expect(board.workOf(1)).toBeNull();
  });
});
