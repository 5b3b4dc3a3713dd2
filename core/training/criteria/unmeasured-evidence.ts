import { PrunefrontError } from '../../errors.js';
import type { Evidence } from '../../pruning/criteria/index.js';
import { createLabelledRandom } from '../../random.js';
import type { MeasuredEvidence } from './measured-evidence.js';

/** Evidence of a stage, as far as pruning needs it. */
export type OpenEvidence = Evidence & Pick<MeasuredEvidence, 'writeWeights' | 'eagerBecause' | 'dispose'>;

/** Evidence for criteria that look at nothing but weights: no network is set up for them. */
export function unmeasuredEvidence(seed: number): OpenEvidence {
  return {
    gradients: refuse,
    hessianGradient: refuse,
    synapticFlow: refuse,
    outputs: refuse,
    inputNorms: refuse,
    featureRanks: refuse,
    exampleGradients: refuse,
    scaleBehind: refuse,
    movement: refuse,
    random: (label) => createLabelledRandom(seed, label).next,
    writeWeights() {},
    eagerBecause: () => null,
    dispose() {},
  };
}

function refuse(): never {
  throw new PrunefrontError('PRUNEFRONT_PLUGIN', 'The criterion looks at what it did not ask to be measured', {
    place: 'criterion',
    allowed: 'random, or measures: true in the criterion',
  });
}
