import type { Augmentation } from './augmentation.js';

/** Adds normal noise to every number, of a standard deviation in units of the model's input. */
export const noise: Augmentation<number> = {
  draws: 1,
  needsImages: false,
  allowed: () => null,
  apply: (_tf, x, deviation, random) => random.normal(x.shape, 0).mul(deviation).add(x),
};
