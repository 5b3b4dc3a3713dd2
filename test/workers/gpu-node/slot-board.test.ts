import { describe, expect, it } from 'vitest';
import type { StageProgress } from '../../../core/sweep/stage.js';
import { SlotBoard } from '../../../workers/gpu-node/slot-board.js';

const stage = { key: 'k', parent: 'b', baseline: 'b', dataset: 'd', seed: 1, operation: { kind: 'score' } } as const;
const INPUT = { sweep: 'lenet', candidate: 'c001', label: 'weights, 80 %', stage };
const TRAINING: StageProgress = {
  ...{ phase: 'train', epoch: 1, epochs: 2, step: 7, steps: 20, loss: 1, images: 224, imagesPerSecond: 900 },
  ...{ sparsity: 0.5, checkpoint: 'blob' },
};

describe('what the slots of a node are at', () => {
  it('given a stage that trains on a slot, then its sweep, candidate, step and speed are told of that slot alone, until it ends', () => {
    const board = new SlotBoard();
    board.started(INPUT, 1);
    expect(board.workOf(1)).toMatchObject({ sweep: 'lenet', phase: 'load', step: 0, imagesPerSecond: null });
    board.progressed(INPUT, 1, TRAINING);
    const about = { sweep: 'lenet', candidate: 'c001', label: 'weights, 80 %', stageKey: 'k' };
    expect(board.workOf(1)).toEqual({ ...about, phase: 'train', step: 7, steps: 20, imagesPerSecond: 900 });
    expect(board.workOf(0)).toBeNull();
    board.ended(INPUT, 1, { outcome: 'done', cause: null, sparsity: null, engine: null });
    expect(board.workOf(1)).toBeNull();
  });

  it('given a trainer that is lost, when its successor takes over the stage, then the step that was reached stays', () => {
    const board = new SlotBoard();
    board.started(INPUT, 0);
    board.progressed(INPUT, 0, TRAINING);
    board.started(INPUT, 0);
    expect(board.workOf(0)?.step).toBe(7);
  });

  it('given a stage that never got a slot, when it ends, then nothing changes', () => {
    const board = new SlotBoard();
    board.started(INPUT, 0);
    board.ended(INPUT, null, { outcome: 'handed_over', cause: null, sparsity: null, engine: null });
    expect(board.workOf(0)).not.toBeNull();
  });
});
