import type { Evidence } from '../../core/pruning/criteria/index.js';
import { createRandom } from '../../core/random.js';

/** Evidence of which a test has measured only what it names; random numbers are the same for the same label. */
export function evidenceOf(measured: Partial<Evidence>): Evidence {
  const missing = (): never => {
    throw new Error('this test has not measured that');
  };
  return {
    gradients: missing,
    hessianGradient: missing,
    synapticFlow: missing,
    outputs: missing,
    inputNorms: missing,
    featureRanks: missing,
    exampleGradients: missing,
    scaleBehind: missing,
    movement: missing,
    random: (label) => createRandom([...label].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7)).next,
    ...measured,
  };
}
