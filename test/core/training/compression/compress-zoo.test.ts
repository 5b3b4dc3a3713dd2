import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Choice, settingsOf } from '../../../../core/registry/index.js';
import type { Stage, Training } from '../../../../core/sweep/stage.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { ADAM, type TinySweep, tinySweep } from '../../../support/tiny-sweep.js';

const QUANTIZED: Choice = {
  quantize: {
    ...{ bits: 8, scheme: 'symmetric', per: 'channel', precision: 'uniform' },
    ...{ activations: 'minMax', activationBits: 8, percentile: 0.9999, momentum: 0.9 },
  },
};
const MIXED: Choice = { quantize: { ...settingsOf(QUANTIZED), precision: 'mixed', activations: 'percentile' } };
const CLUSTERED: Choice = { cluster: { clusters: 8, initialization: 'density' } };
const FACTORIZED: Choice = { factorize: { rank: 'parameters', fraction: 0.5, convolutions: 'channel' } };

describe.each(['mnistCnn', 'lenet5', 'residualCnn', 'lstm64', 'gru64', 'mobileNet', 'denoisingAutoencoder'])(
  'compressions of %s',
  (zoo) => {
    const temporaryFolder = temporaryFolders(afterAll);
    const isAutoencoder = zoo === 'denoisingAutoencoder';
    const training: Training = {
      ...{ epochs: 1, batchSize: 32, optimizer: ADAM },
      ...(isAutoencoder ? { task: { reconstruction: { noise: 0.3, loss: 'meanSquaredError' } } } : {}),
    };
    let sweep: TinySweep;
    let baseline: Stage;

    beforeAll(async () => {
      sweep = await tinySweep(await temporaryFolder(), isAutoencoder ? 'reconstruction' : undefined);
      baseline = sweep.baseline({ zoo }, [], training);
      await sweep.run(baseline);
    });

    const pieces: [string, Choice][] = [
      ['integers', QUANTIZED],
      ['integers of several widths', MIXED],
      ['shared values', CLUSTERED],
      ['factors', FACTORIZED],
    ];

    it.each(pieces)(
      'given %s, then all of the stage is compiled and the container holds the model',
      async (_, piece) => {
        const { observation } = await sweep.run(sweep.child(baseline, { kind: 'compress', piece, training }));
        expect(observation.engine).toEqual({ kind: 'compiled', precision: 'float32' });
        expect(observation.compression?.length).toBeGreaterThan(0);
        expect(observation.bytesEncoded).toBeLessThan(observation.bytesDense);
      },
    );
  },
);
