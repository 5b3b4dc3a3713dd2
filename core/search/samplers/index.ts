import type { SweepSpec } from '../../sweep/spec.js';
import { grid } from './grid.js';
import { random } from './random.js';
import type { Sampler } from './sampler.js';

const SAMPLERS: Readonly<Record<SweepSpec['search']['algorithm'], Sampler>> = { grid, random };

/** The sampler that a spec names. */
export function samplerOf(spec: SweepSpec): Sampler {
  return SAMPLERS[spec.search.algorithm];
}
