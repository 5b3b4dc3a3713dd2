import { PrunefrontError } from '../../errors.js';
import type { Score } from '../../sweep/observation.js';

/**
 * The score of a stage, whose loss and metrics of its own are numbers to go by.
 * @param split - of which it is: `validation`
 * @throws PrunefrontError `PRUNEFRONT_DIVERGED` for a loss, `PRUNEFRONT_PLUGIN` for a metric that is NaN or infinite
 */
export function finiteScore(score: Score, split: string): Score {
  const { loss, own = {} } = score;
  if (!Number.isFinite(loss)) {
    throw new PrunefrontError('PRUNEFRONT_DIVERGED', `The loss on ${split} is ${loss}`, {
      place: split,
      found: String(loss),
      allowed: 'a finite loss',
      hint: 'the weights, or what the model gives, are NaN or too large',
    });
  }
  for (const [name, value] of Object.entries(own)) {
    if (Number.isFinite(value)) continue;
    throw new PrunefrontError('PRUNEFRONT_PLUGIN', `The metric ${name} gives ${value} on ${split}`, {
      place: `metric ${name}`,
      found: String(value),
      allowed: 'a finite number, whatever the outputs are',
    });
  }
  return score;
}
