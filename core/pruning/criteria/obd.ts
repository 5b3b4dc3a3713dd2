import { numberOf, type Setting } from '../../registry/index.js';
import type { Criterion } from './criterion.js';

/** How many examples the Fisher information is the mean of. */
export const FISHER_EXAMPLES: Setting = {
  kind: 'number',
  description: 'Examples whose gradients make the empirical Fisher information.',
  default: 64,
  minimum: 1,
  integer: true,
};

/** ½·F·w² with the diagonal of the empirical Fisher information, the mean of g² over single examples, in the place of the Hessian's. */
export const OBD: Criterion = {
  name: 'obd',
  summary: 'Change of the loss to second order with a diagonal Fisher information: ½·F·w².',
  source: 'LeCun et al. 1990',
  measures: true,
  settings: { examples: FISHER_EXAMPLES },
  weights({ weight, values }, evidence, settings) {
    const gradients = evidence.exampleGradients(weight, numberOf(settings, 'examples'));
    const squares = new Float64Array(values.length);
    for (let i = 0; i < gradients.values.length; i++) {
      const at = i % values.length;
      squares[at] = (squares[at] ?? 0) + (gradients.values[i] ?? 0) ** 2;
    }
    return values.map((value, i) => ((squares[i] ?? 0) / gradients.examples / 2) * value ** 2);
  },
};
