import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { StageRecord } from '../../../../core/sweep/observation.js';
import type { Stage } from '../../../../core/sweep/stage.js';
import { relativeDifference } from '../../../../core/training/engines/agreement.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { StageHandedOver } from '../../../../core/training/stages/stage-context.js';
import { type StatefulOperation, statefulStage } from '../../../support/stateful-stage.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { ADAM, pruning, type TinySweep } from '../../../support/tiny-sweep.js';

/** Ten steps an epoch, so that a stage has twenty. */
const training = { epochs: 2, batchSize: 32, optimizer: ADAM };
const ramp = { polynomialDecay: { initialSparsity: 0.2, beginStep: 2, endStep: 16, frequency: 3, power: 3 } };
type How = 'compiled' | 'eager';

describe('a stage that moves between compiled and eager training', () => {
  const temporaryFolder = temporaryFolders();

  /** Runs the stage to its end, in each way until a step and in the next one from there. */
  async function runThrough(operation: StatefulOperation, ways: readonly (readonly [How, number])[]) {
    const { sweep, stage } = await statefulStage(await temporaryFolder(), operation, training, { programs: null });
    let checkpoint: string | null = null;
    let record: StageRecord | null = null;
    for (const [how, until] of ways) {
      const ended = await runUntil(sweep, stage, how, until, checkpoint);
      if (ended instanceof StageHandedOver) checkpoint = ended.checkpoint;
      else record = ended;
    }
    if (record === null) throw new Error('the stage is not at its end');
    const { weights } = await sweep.stateOf(record);
    return { record, weights };
  }

  async function runUntil(sweep: TinySweep, stage: Stage, how: How, until: number, checkpoint: string | null) {
    const programs = how === 'compiled' ? new ProgramCache() : null;
    const leave = new AbortController();
    const ended = await sweep
      .run(stage, {
        programs,
        checkpoint,
        handOver: leave.signal,
        onProgress: ({ phase, step }) => phase === 'train' && step === until && leave.abort(),
      })
      .catch((error: unknown) => {
        if (error instanceof StageHandedOver) return error;
        throw error;
      });
    if (programs !== null) expect(programs.size).toBe(1);
    programs?.dispose();
    return ended;
  }

  it.each<[string, StatefulOperation]>([
    ['a baseline', 'baseline'],
    ['weights pruned gradually', pruning({ sparsity: 0.8, schedule: ramp, training })],
  ])(
    'given %s, when it goes compiled, then eagerly, then compiled, then the result is that of each way alone',
    async (_, operation) => {
      const end = Number.POSITIVE_INFINITY;
      const compiled = await runThrough(operation, [['compiled', end]]);
      const eager = await runThrough(operation, [['eager', end]]);
      const there = await runThrough(operation, [
        ['compiled', 6],
        ['eager', 13],
        ['compiled', end],
      ]);
      const back = await runThrough(operation, [
        ['eager', 6],
        ['compiled', 13],
        ['eager', end],
      ]);
      const kernelsAreBitEqual = isDeepStrictEqual(compiled.weights, eager.weights);
      for (const moved of [there, back]) {
        expect(moved.record.resumedAt).toEqual([6, 13]);
        moved.weights.forEach(({ name, values }, i) => {
          const expected = compiled.weights[i]?.values ?? new Float32Array();
          expect(relativeDifference(expected, values), name).toBeLessThanOrEqual(1e-6);
        });
        const { curve, reachedSparsity } = moved.record.observation;
        expect(reachedSparsity).toBe(compiled.record.observation.reachedSparsity);
        expect(curve.map(({ step }) => step)).toEqual(compiled.record.observation.curve.map(({ step }) => step));
        if (!kernelsAreBitEqual) continue;
        expect(moved.record.state).toBe(compiled.record.state);
        expect(curve).toEqual(compiled.record.observation.curve);
      }
    },
  );
});
