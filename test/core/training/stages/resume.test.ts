import { describe, expect, it } from 'vitest';
import type { StageRecord } from '../../../../core/sweep/observation.js';
import type { Training } from '../../../../core/sweep/stage.js';
import { StageHandedOver } from '../../../../core/training/stages/stage-context.js';
import { errorOf } from '../../../support/errors.js';
import { type StatefulOperation, statefulStage } from '../../../support/stateful-stage.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { ADAM, pruning } from '../../../support/tiny-sweep.js';

const training: Training = { epochs: 2, batchSize: 8, optimizer: ADAM };
const ramp = { polynomialDecay: { initialSparsity: 0.2, beginStep: 3, endStep: 50, frequency: 7, power: 3 } };

/** Ends after its second epoch, which is no better by so much, and goes back to the first. */
const recovery: Training = {
  ...training,
  epochs: 5,
  schedule: { cosine: { warmup: 0.5 } },
  earlyStop: { patience: 1, minDelta: 5 },
  distill: { temperature: 3, weight: 0.5 },
  batchNorm: { batches: 4 },
};

const OPERATIONS: readonly (readonly [string, StatefulOperation])[] = [
  ['a baseline', 'baseline'],
  ['weights pruned gradually', pruning({ sparsity: 0.8, schedule: ramp, training })],
  ['weights pruned at once with everything that recovers them', pruning({ sparsity: 0.8, training: recovery })],
  [
    'weights exchanged by RigL from the start on',
    pruning({
      ...{ sparsity: 0.8, training, from: 'start' },
      schedule: { rigL: { frequency: 6, dropFraction: 0.3, endFraction: 0.75 } },
    }),
  ],
  [
    'filters removed gradually',
    pruning({ method: { granularity: 'unit', criterion: 'l1', scope: 'layer' }, schedule: ramp, training }),
  ],
];

/** What of a record must not depend on interruptions. */
function result({ state, model, rewindStates, observation }: StageRecord): unknown {
  const { validation, afterPruning, reachedSparsity, nonzeroParameters, surgeryDifference, layers, curve, bytesGzip } =
    observation;
  const { earlyStop } = observation;
  return {
    state,
    model,
    rewindStates,
    validation,
    afterPruning,
    reachedSparsity,
    nonzeroParameters,
    surgeryDifference,
    layers,
    curve,
    earlyStop,
    bytesGzip,
  };
}

describe('a stage that is interrupted', () => {
  const temporaryFolder = temporaryFolders();

  const sweepWith = async (operation: StatefulOperation) => statefulStage(await temporaryFolder(), operation, training);

  it.each(OPERATIONS)(
    'given %s, when it is stopped again and again and goes on from its checkpoints, then the result is bit-equal to an undisturbed one',
    async (_, operation) => {
      const undisturbed = await sweepWith(operation);
      const expected = await undisturbed.sweep.run(undisturbed.stage);
      const { sweep, stage } = await sweepWith(operation);
      const steps: number[] = [];
      for (const stopAt of [1, 9, 25, 38, 51]) {
        const stop = new AbortController();
        const interrupted = sweep.run(stage, {
          checkpoint: await sweep.store.getCheckpoint(stage.key),
          checkpointEveryMs: 0,
          signal: stop.signal,
          onProgress: ({ phase, step }) => {
            if (phase === 'train') steps.push(step);
            if (step === stopAt) stop.abort(new Error('stopped'));
          },
        });
        await expect(interrupted).rejects.toThrow('stopped');
      }
      const record = await sweep.run(stage, {
        checkpoint: await sweep.store.getCheckpoint(stage.key),
        onProgress: ({ phase, step }) => phase === 'train' && steps.push(step),
      });
      expect(result(record)).toEqual(result(expected));
      expect([expected.resumedAt, record.resumedAt]).toEqual([[], [1, 9, 25, 38, 51]]);
      // No step was done twice.
      expect(steps).toEqual(Array.from({ length: steps.at(-1) ?? 0 }, (_each, i) => i + 1));
      expect(await sweep.store.getCheckpoint(stage.key)).toBeNull();
    },
  );

  it.each(OPERATIONS)(
    'given %s, when it is handed over in the middle, long before a checkpoint is due, then it goes on at that step and the result is bit-equal',
    async (_, operation) => {
      const undisturbed = await sweepWith(operation);
      const expected = await undisturbed.sweep.run(undisturbed.stage);
      const { sweep, stage } = await sweepWith(operation);
      const leave = new AbortController();
      const handedOver = await sweep
        .run(stage, {
          handOver: leave.signal,
          onProgress: ({ phase, step }) => phase === 'train' && step === 13 && leave.abort(),
        })
        .catch((error: unknown) => error);
      expect(handedOver).toBeInstanceOf(StageHandedOver);
      const { checkpoint } = handedOver as StageHandedOver;
      expect(await sweep.store.getCheckpoint(stage.key)).toBe(checkpoint);
      const record = await sweep.run(stage, { checkpoint });
      expect(record.resumedAt).toEqual([13]);
      expect(result(record)).toEqual(result(expected));
    },
  );

  it('given a damaged checkpoint, then the stage is done again from its start', async () => {
    const { sweep, stage } = await sweepWith('baseline');
    const garbage = await sweep.store.putBlob(Buffer.from('no checkpoint'));
    const expected = await sweep.run(stage, { checkpoint: garbage });
    const again = await sweepWith('baseline');
    expect(result(await again.sweep.run(again.stage, { checkpoint: 'f'.repeat(64) }))).toEqual(result(expected));
  });

  it('given a parent that is not there, then the stage fails with that cause', async () => {
    const { sweep, stage } = await sweepWith('baseline');
    await errorOf('PRUNEFRONT_ARTIFACT_MISSING', () => sweep.run(sweep.child(stage, { kind: 'tune', training })));
  });
});
