import { describe, expect, it } from 'vitest';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import { openEngine } from '../../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { byteImages, engineSettings, OPTIMIZERS, takeSteps } from '../../../support/engines.js';
import { withUnfitTanh } from '../../../support/falsified-kernels.js';
import { handlesInUse } from '../../../support/layers-models.js';
import { sequentialOf } from '../../../support/tiny-networks.js';

const DATA = byteImages([6, 4]);
const topology = sequentialOf(
  [6, 4],
  [
    { class_name: 'Flatten', config: { name: 'flatten' } },
    { class_name: 'Dense', config: { name: 'hidden', units: 9, activation: 'tanh' } },
    { class_name: 'BatchNormalization', config: { name: 'norm' } },
    { class_name: 'Dropout', config: { name: 'drop', rate: 0.2 } },
    { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
  ],
);
const weights = initialWeights(topology, 1);

/** A stage from beginning to end. */
async function stage(programs: ProgramCache | null): Promise<void> {
  const settings = { optimizer: OPTIMIZERS.Adam, masksKernels: true };
  const engine = await openEngine(topology, weights, engineSettings(DATA, programs, settings));
  takeSteps(engine, DATA, 0, 3);
  engine.mask(new Map([['hidden/kernel', new Uint8Array(24 * 9).fill(1, 50)]]));
  takeSteps(engine, DATA, 3, 2);
  engine.score(DATA.validation);
  engine.latency(1, 2);
  engine.writeWeights(engine.readWeights());
  engine.writeSlots(engine.readSlots());
  engine.dispose();
}

describe('handles', () => {
  it.each(['compiled', 'eager'])('given fifty %s stages, each with its own program, then none is left', async (how) => {
    const run = async (): Promise<void> => {
      const programs = how === 'compiled' ? new ProgramCache() : null;
      await stage(programs);
      programs?.dispose();
    };
    await run();
    const before = handlesInUse();
    for (let i = 0; i < 50; i++) await run();
    expect(handlesInUse()).toEqual(before);
  });

  it('given fifty stages on one program, then there is one graph, and nothing else is left', async () => {
    const before = handlesInUse();
    const programs = new ProgramCache();
    for (let i = 0; i < 50; i++) await stage(programs);
    expect(handlesInUse()).toEqual({ ...before, savedModels: before.savedModels + 1 });
    programs.dispose();
    expect(handlesInUse()).toEqual(before);
  });

  it('given ten attempts that end eagerly, then none is left', async () => {
    await stage(null);
    const before = handlesInUse();
    for (let i = 0; i < 10; i++) {
      const how = i % 2 === 0 ? 'reads its input back' : 'is refused by TensorFlow in a graph';
      await withUnfitTanh(how, () => stage(new ProgramCache()));
    }
    expect(handlesInUse()).toEqual(before);
  });

  it.each(['LSTM', 'GRU', 'SimpleRNN'])(
    'given stages of a %s with dropout, then none of its masks is left',
    async (name) => {
      const masked = sequentialOf(
        [6, 4],
        [
          { class_name: name, config: { name: 'recurrent', units: 3, dropout: 0.2, recurrent_dropout: 0.3 } },
          { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
        ],
      );
      const run = async (): Promise<void> => {
        const settings = engineSettings(DATA, null, { optimizer: OPTIMIZERS.Adam });
        const engine = await openEngine(masked, initialWeights(masked, 1), settings);
        takeSteps(engine, DATA, 0, 2);
        engine.dispose();
      };
      await run();
      const before = handlesInUse();
      await run();
      expect(handlesInUse()).toEqual(before);
    },
  );
});
