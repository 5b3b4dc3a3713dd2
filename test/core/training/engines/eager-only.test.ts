import { afterEach, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import type { Topology } from '../../../../core/models/topology.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import type { Engine } from '../../../../core/training/engines/engine.js';
import { openEngine } from '../../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { byteImages, engineSettings, takeSteps } from '../../../support/engines.js';
import { falsifying, type Unfit, withGraphsRunBy, withUnfitTanh } from '../../../support/falsified-kernels.js';
import { handlesInUse } from '../../../support/layers-models.js';
import { type Layer, sequentialOf } from '../../../support/tiny-networks.js';

const tf = loadTensorFlow();
const DATA = byteImages([6, 4]);
const small = (...layers: Layer[]): Topology =>
  sequentialOf([6, 4], [...layers, { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } }]);
const dense = small(
  { class_name: 'Flatten', config: { name: 'flatten' } },
  { class_name: 'Dense', config: { name: 'hidden', units: 9, activation: 'tanh' } },
  { class_name: 'BatchNormalization', config: { name: 'norm' } },
);

describe('a network that cannot be compiled, or not be trusted', () => {
  const programs = new ProgramCache();
  afterEach(() => programs.dispose());
  const open = (topology: Topology): Promise<Engine> =>
    openEngine(topology, initialWeights(topology, 1), engineSettings(DATA, programs));

  /** That it works, and that nothing of the attempt is left. */
  async function expectEager(engine: Engine, topology: Topology): Promise<void> {
    expect(programs.size).toBe(0);
    const losses = takeSteps(engine, DATA, 0, 12);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    engine.dispose();
    // What is known isn't tried again.
    const again = await open(topology);
    expect(again.eagerBecause).toBe(engine.eagerBecause);
    again.dispose();
  }

  it.each<[Unfit, RegExp]>([
    [
      'draws numbers in JavaScript',
      /^two passes disagree on a constant of shape \[.*\]: it was computed outside TensorFlow$/,
    ],
    ['reads its input back', /^a result is read back in the middle of the step$/],
    ['is refused by TensorFlow in a graph', /^TensorFlow refuses the graph: .*No attr named 'T' in NodeDef/s],
  ])('given an operation that %s, then it runs eagerly and says so', async (how, reason) => {
    const before = handlesInUse();
    await withUnfitTanh(how, async () => {
      const engine = await open(dense);
      expect(engine.eagerBecause).toMatch(reason);
      await expectEager(engine, dense);
    });
    expect(handlesInUse()).toEqual(before);
  });

  it('given MaxPooling3D, whose gradient goes another way in a graph where values are equal, then it runs eagerly', async () => {
    const topology = sequentialOf(
      [6, 4, 1, 1],
      [
        { class_name: 'Conv3D', config: { name: 'conv', filters: 3, kernel_size: [3, 3, 1] } },
        { class_name: 'MaxPooling3D', config: { name: 'pool', pool_size: [2, 2, 1] } },
        { class_name: 'Flatten', config: { name: 'flatten' } },
        { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
      ],
    );
    const data = { ...DATA, exampleShape: [6, 4, 1, 1] };
    const engine = await openEngine(topology, initialWeights(topology, 1), engineSettings(data, programs));
    expect(engine.eagerBecause).toBe('in a graph the gradient of MaxPooling3D goes to another one of equal values');
    engine.dispose();
  });

  it.each([
    ['check/output_0', 'loss'],
    ['check/output_1', 'gradient of hidden/kernel'],
    ['check/change_0', 'norm/moving_mean'],
  ])('given a graph that falsifies %s, then it runs eagerly and names the %s', async (output, name) => {
    const before = handlesInUse();
    await withGraphsRunBy(falsifying(output), async () => {
      const engine = await open(dense);
      expect(engine.eagerBecause).toMatch(`the compiled ${name} differs from eager's by 0.010 of its largest entry`);
      await expectEager(engine, dense);
    });
    expect(handlesInUse()).toEqual(before);
  });

  it('given a graph that loads but cannot run, then it runs eagerly and says so', async () => {
    const before = handlesInUse();
    const fails: Parameters<typeof withGraphsRunBy>[0] = (binding, ...call) => {
      if (call[3].includes('check/')) throw new Error('no kernel for this device');
      return binding.runSavedModel(...call);
    };
    await withGraphsRunBy(fails, async () => {
      const engine = await open(dense);
      expect(engine.eagerBecause).toBe("TensorFlow can't run the graph: no kernel for this device");
      await expectEager(engine, dense);
    });
    expect(handlesInUse()).toEqual(before);
  });

  it('given another backend than TensorFlow, then it runs eagerly and names it', async () => {
    await tf.setBackend('cpu');
    try {
      const engine = await open(dense);
      expect(engine.eagerBecause).toBe('TensorFlow is not what computes here, but cpu');
      await expectEager(engine, dense);
    } finally {
      await tf.setBackend('tensorflow');
    }
  });

  it('given no programs to keep, then it runs eagerly because it is asked to', async () => {
    const engine = await openEngine(dense, initialWeights(dense, 1), engineSettings(DATA, null));
    expect(engine.eagerBecause).toBe('it is asked to run eagerly');
    expect(engine.stepsPerCall).toBe(1);
    engine.dispose();
  });

  it('given none of that, then it is compiled, and there is no reason', async () => {
    const engine = await open(dense);
    expect(engine.eagerBecause).toBeNull();
    expect(programs.size).toBe(1);
  });
});
