import { PrunefrontError } from '../../errors.js';
import { numberOf } from '../../registry/index.js';
import type { Compression } from '../compression.js';
import { factorizableLayers, factorize, type LayerOutcome } from './factorize.js';
import type { ConvolutionForm } from './forms.js';

/** Low-rank factorization, layer by layer, where it pays. */
export const factorizePiece: Compression = {
  name: 'factorize',
  summary:
    'Makes two smaller layers of a dense layer or a convolution, where that takes fewer parameters and fewer MACs.',
  source: 'Denton et al. 2014, Jaderberg et al. 2014, Zhang et al. 2016',
  makes: 'layers',
  settings: {
    rank: {
      kind: 'choice',
      description:
        'What `fraction` is of: `energy`, the squared singular values that stay; `parameters`, those of the kernel that the two may have.',
      default: 'energy',
      choices: ['energy', 'parameters'],
    },
    fraction: {
      kind: 'number',
      description: 'Part of it that decides the rank of each layer.',
      default: 0.9,
      minimum: 0,
      maximum: 1,
      exclusive: 'minimum',
    },
    convolutions: {
      kind: 'choice',
      description:
        '`channel`: the same window to few filters, then a window of one; `spatial`: over rows, then over columns.',
      default: 'channel',
      choices: ['channel', 'spatial'],
    },
  },
  check(topology, settings) {
    if (factorizableLayers(topology, settings['convolutions'] as ConvolutionForm).length > 0) return;
    throw new PrunefrontError('PRUNEFRONT_COMPRESSION', 'No layer of the model gets smaller and faster in two', {
      found: topology.nodes.map(({ name }) => name).join(', '),
      allowed: 'for models with a dense layer or a convolution that is large enough',
    });
  },
  async apply(model, settings, { tick }) {
    const { topology, weights, outcomes } = await factorize(
      model.topology,
      model.weights,
      {
        rank: settings['rank'] as 'energy' | 'parameters',
        fraction: numberOf(settings, 'fraction'),
        convolutions: settings['convolutions'] as ConvolutionForm,
      },
      (weight) => model.encodings.has(weight),
      tick,
    );
    const left = new Set(weights.map(({ name }) => name));
    return {
      ...model,
      topology,
      weights,
      masks: new Map([...model.masks].filter(([name]) => left.has(name))),
      // Ranges of outputs were measured on the layers that were.
      activations: new Map(
        [...model.activations].filter(([layer]) => topology.nodes.some(({ name }) => name === layer)),
      ),
      notes: [...model.notes, ...outcomes.map(sentence)],
    };
  },
};

function sentence(outcome: LayerOutcome): string {
  if ('skipped' in outcome) return `${outcome.layer} is not factorized: ${outcome.skipped}`;
  return `${outcome.layer} is two layers of rank ${outcome.rank} of ${outcome.fullRank} (${outcome.kind})`;
}
