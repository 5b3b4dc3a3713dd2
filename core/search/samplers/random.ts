import { createRandom, shuffle } from '../../random.js';
import { allPoints, type Sampler } from './sampler.js';

/** Random search (Bergstra and Bengio 2012) over the listed values, without repeating a point. */
export const random: Sampler = {
  ask: (spec, asked, count) => shuffle(allPoints(spec), createRandom(spec.search.seed)).slice(asked, asked + count),
  size: (spec) => allPoints(spec).length,
};
