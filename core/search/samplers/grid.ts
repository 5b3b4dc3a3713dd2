import { createRandom, shuffle } from '../../random.js';
import { allPoints, type Sampler } from './sampler.js';

/** Every point once; in a seeded random order where the budget is smaller than the space, so that what is tried covers it. */
export const grid: Sampler = {
  ask(spec, asked, count) {
    const points = allPoints(spec);
    const ordered = spec.budget.candidates < points.length ? shuffle(points, createRandom(spec.search.seed)) : points;
    return ordered.slice(asked, asked + count);
  },
  size: (spec) => allPoints(spec).length,
};
