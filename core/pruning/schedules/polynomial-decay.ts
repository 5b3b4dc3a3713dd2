import { numberOf } from '../../registry/index.js';
import { onRaster, type SchedulePiece, type SparsitySchedule } from './schedule.js';
import { progressAt, RAMP_SETTINGS, reaching, stepsOf } from './steps.js';

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
      const remaining = f(f(1 - progressAt(step, beginStep, endStep)) ** power);
      return f(f(f(initialSparsity - finalSparsity) * remaining) + f(finalSparsity));
    },
    shouldPruneAt: (step) => onRaster(step, beginStep, endStep, frequency),
  };
}

/** Fast at first, slower towards the target. */
export const polynomial: SchedulePiece = {
  name: 'polynomialDecay',
  summary: 'From `initialSparsity` up along a polynomial: fast at first, slower towards the target.',
  source: 'Zhu and Gupta 2017, tfmot 0.8.1 (PolynomialDecay)',
  settings: {
    ...RAMP_SETTINGS,
    power: {
      kind: 'number',
      description: 'Exponent of the ramp.',
      default: 3,
      minimum: 0,
      maximum: 100,
      exclusive: 'minimum',
    },
  },
  resolve: (settings, { sparsity, totalSteps }) => {
    const steps = stepsOf(settings, totalSteps);
    const inner = polynomialDecay({
      ...steps,
      initialSparsity: numberOf(settings, 'initialSparsity'),
      finalSparsity: sparsity,
      power: numberOf(settings, 'power'),
    });
    return reaching(sparsity, steps.endStep, inner);
  },
};
