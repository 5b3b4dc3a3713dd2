import { PrunefrontError } from '../../../core/errors.js';
import { stageQueueOf } from '../../../core/nodes/node-record.js';
import { EQUAL_SHARE, type SlotShare } from '../../../core/sweep/progress.js';

const PRIORITIES = [1, 2, 3, 4, 5] as const;
const LARGEST_WEIGHT = 1000;
const KIND = /^[a-z0-9][a-z0-9.-]{0,62}$/;

/**
 * The share of the slots that a request asks for; 0 is the usual one.
 * @throws PrunefrontError `PRUNEFRONT_REQUEST`
 */
export function shareOf(asked: { readonly priority: number; readonly weight: number }): SlotShare {
  const priority = asked.priority === 0 ? EQUAL_SHARE.priority : PRIORITIES.find((each) => each === asked.priority);
  if (priority === undefined) throw outOfRange('priority', asked.priority, '1 (most urgent) to 5 (least), or 0 for 3');
  const weight = asked.weight === 0 ? EQUAL_SHARE.weight : asked.weight;
  if (!(weight > 0 && weight <= LARGEST_WEIGHT))
    throw outOfRange('weight', asked.weight, `above 0, at most ${LARGEST_WEIGHT}, or 0 for 1`);
  return { priority, weight };
}

/**
 * The task queue of a kind of device; null for an empty one.
 * @throws PrunefrontError `PRUNEFRONT_REQUEST`
 */
export function queueOf(device: string): string | null {
  if (device === '') return null;
  if (KIND.test(device)) return stageQueueOf(device);
  throw outOfRange('device', device, 'a kind of device as prunefront nodes tells it, such as cpu or nvidia-h100');
}

function outOfRange(place: string, found: unknown, allowed: string): PrunefrontError {
  const facts = { place, found: String(found), allowed };
  return new PrunefrontError('PRUNEFRONT_REQUEST', `The ${place} of a sweep cannot be this`, facts);
}
