import type { Tensor } from '@tensorflow/tfjs';
import { PrunefrontError } from '../../errors.js';
import type { LayersModel } from '../../models/model-file.js';
import { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';

/** Largest output difference, relative to the largest output, that float32 summation in another order explains. */
const SURGERY_TOLERANCE = 1e-4;

/**
 * Largest absolute difference between the masked full-size model's and the smaller model's outputs on a probe.
 * @param probe - inputs [n, ...shape]
 * @throws PrunefrontError `PRUNEFRONT_SURGERY_MISMATCH`
 */
export async function provenDifference(
  tf: Tf,
  masked: LayersModel,
  smaller: LayersModel,
  probe: Tensor,
): Promise<number> {
  const full = await Network.build(tf, masked.topology, masked.weights);
  const small = await Network.build(tf, smaller.topology, smaller.weights);
  try {
    const { difference, scale } = tf.tidy(() => {
      const expected = full.forward(probe, null);
      const found = small.forward(probe, null);
      return {
        difference: expected.sub(found).abs().max().dataSync()[0] as number,
        scale: Math.max(1, expected.abs().max().dataSync()[0] as number),
      };
    });
    if (difference <= SURGERY_TOLERANCE * scale) return difference;
    throw new PrunefrontError(
      'PRUNEFRONT_SURGERY_MISMATCH',
      'The smaller model does not give the masked model’s outputs',
      {
        found: `a difference of ${difference} where outputs go up to ${scale}`,
        allowed: `at most ${SURGERY_TOLERANCE * scale}`,
      },
    );
  } finally {
    full.dispose();
    small.dispose();
  }
}
