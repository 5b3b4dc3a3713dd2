import { describeChoice } from '../registry/index.js';
import type { Method } from './spec.js';

/** `weight magnitude global`, and what it counts where that is said: for people, and as a metric's label. */
export function describeMethod({ granularity, criterion, scope, count }: Method): string {
  const counted = count === undefined ? [] : [`of ${count}`];
  return [describeChoice(granularity), describeChoice(criterion), describeChoice(scope), ...counted].join(' ');
}
