import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import type { Settings } from '../../../../core/registry/index.js';
import type { Stage } from '../../../../core/sweep/stage.js';
import { EagerOnly } from '../../../../core/training/compiled/eager-only.js';
import { Program } from '../../../../core/training/compiled/program/program.js';
import { StageHandedOver } from '../../../../core/training/stages/stage-context.js';
import { compressing } from '../../../support/compressing.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { ADAM, pruning, type TinySweep, TRAINING, tinySweep, trainedSweep } from '../../../support/tiny-sweep.js';

const tf = loadTensorFlow();

describe('the run of a stage of compression', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let baseline: Stage;
  let pruned: Stage;

  beforeAll(async () => {
    ({ sweep, baseline } = await trainedSweep(await temporaryFolder(), [], { ...TRAINING, epochs: 6 }));
    pruned = sweep.child(baseline, pruning({ sparsity: 0.8 }));
    await sweep.run(pruned);
  });

  it.each([
    ['quantize', { bits: 4, activations: 'minMax' }],
    ['cluster', { clusters: 8 }],
  ])('given %s with training that is handed over, then it goes on to the same bits', async (name, settings) => {
    const training = { ...TRAINING, earlyStop: { patience: 1, minDelta: 0 } };
    const stage = sweep.child(pruned, compressing(name, settings, training));
    const leaving = new AbortController();
    leaving.abort();
    let checkpoint: string | null = null;
    for (let i = 0; i < 3; i++) {
      const left: unknown = await sweep
        .run(stage, { handOver: leaving.signal, checkpoint })
        .catch((error: unknown) => error);
      if (!(left instanceof StageHandedOver)) throw left;
      ({ checkpoint } = left);
    }
    const resumed = await sweep.run(stage, { checkpoint });
    const other = await tinySweep(await temporaryFolder());
    for (const [from] of [[baseline], [pruned]] as const) await other.run(from);
    const whole = await other.run(stage);
    expect(resumed.resumedAt).toHaveLength(3);
    expect(resumed.state).toBe(whole.state);
    expect(resumed.model).toEqual(whole.model);
    expect(resumed.observation.curve).toEqual(whole.observation.curve);
  });

  it.each<[string, Settings, number]>([
    ['cluster', {}, 2],
    ['factorize', { rank: 'parameters', fraction: 0.3 }, 2],
    ['quantize', { bits: 5 }, 2],
    // The loss as it is, and three widths of each of three kernels.
    ['quantize', { bits: 9, precision: 'mixed' }, 9],
    // Ten batches, after three kernels.
    ['quantize', { bits: 7, activations: 'percentile' }, 12],
  ])('given %s with %o that is taken back after word %i of it, then it ends there', async (name, settings, words) => {
    const before = tf.memory().numTensors;
    const back = new AbortController();
    const told: string[] = [];
    const stage = sweep.child(baseline, compressing(name, settings));
    const running = sweep.run(stage, {
      signal: back.signal,
      onProgress({ phase }) {
        told.push(phase);
        if (told.length === words) back.abort(new Error('taken back'));
      },
    });
    await expect(running).rejects.toThrow('taken back');
    expect(told).toEqual(new Array(words).fill('evaluate'));
    expect(await sweep.store.getRecord(stage.key)).toBeNull();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('given what no graph can measure, then the stage says why it was eager', async () => {
    const quantize = sweep.child(
      baseline,
      compressing('quantize', { bits: 8, activations: 'minMax', activationBits: 7 }),
    );
    const unfit = () => {
      throw new EagerOnly('a test says so');
    };
    const load = vi.spyOn(Program, 'load').mockImplementationOnce(unfit);
    const { observation } = await sweep.run(quantize);
    load.mockRestore();
    expect(observation.engine).toEqual({ kind: 'eager', because: 'a test says so' });
  });

  it('given stages of compression, then no tensor is left of them', async () => {
    const settings = { activations: 'movingAverage' };
    await sweep.chain(baseline, compressing('quantize', { ...settings, bits: 8 }, { ...TRAINING, optimizer: ADAM }));
    const before = tf.memory().numTensors;
    await sweep.chain(baseline, compressing('quantize', { ...settings, bits: 7 }, TRAINING));
    await sweep.chain(baseline, compressing('cluster', { clusters: 7 }, TRAINING), { kind: 'score' });
    await sweep.chain(baseline, compressing('factorize', { fraction: 0.8 }, TRAINING));
    await sweep.run(sweep.child(baseline, compressing('quantize', { ...settings, bits: 6 }, TRAINING)), {
      programs: null,
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
