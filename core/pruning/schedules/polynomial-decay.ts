import { onRaster, type SparsitySchedule } from './schedule.js';

/**
 * Zhu and Gupta 2017, tfmot `PolynomialDecay`: s(t) = final + (initial − final) · (1 − (t − begin) / (end − begin))^power, with t held to
 * [begin, end], in float32.
 */
export function polynomialDecay(settings: {
  readonly initialSparsity: number;
  readonly finalSparsity: number;
  readonly beginStep: number;
  readonly endStep: number;
  readonly power: number;
  readonly frequency: number;
}): SparsitySchedule {
  const { initialSparsity, finalSparsity, beginStep, endStep, power, frequency } = settings;
  const f = Math.fround;
  return {
    sparsityAt(step) {
      const progress = Math.min(1, Math.max(0, f(f(step - beginStep) / f(endStep - beginStep))));
      const remaining = f(f(1 - progress) ** power);
      return f(f(f(initialSparsity - finalSparsity) * remaining) + f(finalSparsity));
    },
    shouldPruneAt: (step) => onRaster(step, beginStep, endStep, frequency),
  };
}
