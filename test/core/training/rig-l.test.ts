import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import type { OperationOf, Stage, StageOperation } from '../../../core/sweep/stage.js';
import { decodeCheckpoint, type ModelState } from '../../../core/training/stage-state.js';
import type { StageContext } from '../../../core/training/stages/stage-context.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { pruning, type TinySweep, tinySweep } from '../../support/tiny-sweep.js';

const tf = loadTensorFlow();
const rigL = (rest: Partial<OperationOf<'prune'>> = {}): StageOperation =>
  pruning({ sparsity: 0.9, schedule: { rigL: { frequency: 4, dropFraction: 0.3, endFraction: 0.75 } }, ...rest });

describe.each([
  ['compiled', {}],
  ['eager', { programs: null }],
] as const)('dynamic sparse training, %s', (_, engine: Partial<StageContext>) => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let baseline: Stage;

  beforeAll(async () => {
    sweep = await tinySweep(await temporaryFolder());
    baseline = sweep.baseline({ zoo: 'mnistMlp' }, [0]);
    await sweep.run(baseline, engine);
  });

  /** The model after each of the first steps of a stage. */
  async function statesOf(stage: Stage, steps: number): Promise<ModelState[]> {
    const states: ModelState[] = [];
    for (let step = 1; step <= steps; step++) {
      const stop = new AbortController();
      await sweep
        .run(stage, {
          ...engine,
          checkpoint: await sweep.store.getCheckpoint(stage.key),
          checkpointEveryMs: 0,
          signal: stop.signal,
          onProgress: (progress) => progress.phase === 'train' && progress.step === step && stop.abort(),
        })
        .catch(() => undefined);
      states.push(
        decodeCheckpoint(await sweep.store.getBlob((await sweep.store.getCheckpoint(stage.key)) ?? '')).state,
      );
    }
    return states;
  }

  const ones = (mask: Uint8Array = new Uint8Array()): number => mask.reduce((sum, one) => sum + one, 0);

  it('given it, then masks change every so many steps until the end of the changes, each layer keeps its number, and what is grown starts at zero', async () => {
    const states = await statesOf(sweep.child(baseline, rigL({ from: 'start' })), 18);
    const maskOf = (step: number) => states[step - 1]?.masks.get('hidden/kernel') ?? new Uint8Array();
    const changed = states.flatMap((_state, i) => {
      const step = i + 1;
      return step > 1 && maskOf(step).some((one, k) => one !== maskOf(step - 1)[k]) ? [step] : [];
    });
    // Before the steps 4, 8 and 12: three quarters of twenty are fifteen.
    expect(changed).toEqual([5, 9, 13]);
    for (const { masks, weights } of states)
      for (const [name, mask] of masks) {
        expect(ones(mask)).toBe(ones(states[0]?.masks.get(name)));
        const { values } = weights.find((weight) => weight.name === name) ?? { values: new Float32Array() };
        expect(values.every((value, i) => mask[i] === 1 || value === 0)).toBe(true);
      }
    const grown = [...maskOf(5)].flatMap((one, i) => (one === 1 && maskOf(4)[i] === 0 ? [i] : []));
    expect(grown.length).toBeGreaterThan(0);
    const after = states[4]?.weights.find(({ name }) => name === 'hidden/kernel')?.values ?? new Float32Array();
    // One step of Adam without a past moves a weight from zero by no more than about three rates at its fifth step.
    for (const i of grown) expect(Math.abs(after[i] ?? 1)).toBeLessThan(0.002 * 3);
    expect(grown.some((i) => after[i] !== 0)).toBe(true);
  });

  it('given the whole stage, then it reaches its sparsity, runs as asked and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const record = await sweep.run(sweep.child(baseline, rigL()), engine);
    expect(tf.memory().numTensors).toBe(before);
    expect(record.observation.reachedSparsity).toBeCloseTo(0.9, 4);
    expect(record.observation.engine?.kind).toBe('programs' in engine ? 'eager' : 'compiled');
    const { masks } = await sweep.stateOf(record);
    const plain = await sweep.run(sweep.child(baseline, rigL({ schedule: 'oneShot' })), engine);
    const { masks: fixed } = await sweep.stateOf(plain);
    expect(masks.get('hidden/kernel')).not.toEqual(fixed.get('hidden/kernel'));
    expect(ones(masks.get('hidden/kernel'))).toBe(ones(fixed.get('hidden/kernel')));
  });

  it('given units to remove, then it is refused before it trains', async () => {
    const method = { granularity: 'neuron', criterion: 'l1', scope: 'layer' } as const;
    const error = await errorOf('PRUNEFRONT_SPEC_CONFLICT', () =>
      sweep.run(sweep.child(baseline, rigL({ method })), engine),
    );
    expect(error.facts).toMatchObject({ found: 'neuron', allowed: 'weight' });
  });
});
