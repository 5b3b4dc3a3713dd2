import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { StageRecord } from '../../../../core/sweep/observation.js';
import type { Stage, StageOperation } from '../../../../core/sweep/stage.js';
import { relativeDifference } from '../../../../core/training/engines/agreement.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { decodeState } from '../../../../core/training/stage-state.js';
import { storeModel } from '../../../../core/training/stages/initial-state.js';
import { StageHandedOver } from '../../../../core/training/stages/stage-context.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { sequentialOf } from '../../../support/tiny-networks.js';
import { ADAM, savedModel, type TinySweep, tinySweep, WEIGHTS } from '../../../support/tiny-sweep.js';

/** Everything that a stage carries from step to step: weights, Adam's slots, batch statistics, dropout's seeds. */
const topology = sequentialOf(
  [28, 28, 1],
  [
    {
      class_name: 'Conv2D',
      config: { name: 'conv', filters: 4, kernel_size: [5, 5], strides: [3, 3], activation: 'relu' },
    },
    { class_name: 'BatchNormalization', config: { name: 'norm' } },
    { class_name: 'Flatten', config: { name: 'flatten' } },
    { class_name: 'Dropout', config: { name: 'drop', rate: 0.3 } },
    { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
  ],
);
/** Ten steps an epoch, so that a stage has twenty. */
const training = { epochs: 2, batchSize: 32, optimizer: ADAM };
const ramp = { polynomialDecay: { initialSparsity: 0.2, beginStep: 2, endStep: 16, frequency: 3, power: 3 } };
type How = 'compiled' | 'eager';

describe('a stage that moves between compiled and eager training', () => {
  const temporaryFolder = temporaryFolders();

  /** Runs the stage to its end, in each way until a step and in the next one from there. */
  async function runThrough(operation: StageOperation | 'baseline', ways: readonly (readonly [How, number])[]) {
    const folder = await temporaryFolder();
    const sweep = await tinySweep(folder);
    const stored = await storeModel(await savedModel(join(folder, 'model'), topology), sweep.store);
    const baseline = sweep.baseline({ stored }, [], training);
    if (operation !== 'baseline') await sweep.run(baseline, { programs: null });
    const stage = operation === 'baseline' ? baseline : sweep.child(baseline, operation);
    let checkpoint: string | null = null;
    let record: StageRecord | null = null;
    for (const [how, until] of ways) {
      const ended = await runUntil(sweep, stage, how, until, checkpoint);
      if (ended instanceof StageHandedOver) checkpoint = ended.checkpoint;
      else record = ended;
    }
    if (record === null) throw new Error('the stage is not at its end');
    const { weights } = decodeState(await sweep.store.getBlob(record.state));
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

  it.each<[string, StageOperation | 'baseline']>([
    ['a baseline', 'baseline'],
    [
      'weights pruned gradually',
      { kind: 'prune', method: WEIGHTS, sparsity: 0.8, schedule: ramp, rewind: 'none', training },
    ],
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
