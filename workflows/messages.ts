import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { NewestEvents } from '../core/sweep/events.js';
import type { SweepProgress } from '../core/sweep/progress.js';

/** Starts no new stage until `resume`; running stages end. */
export const pauseUpdate = defineUpdate<void>('pause');
/** Goes on after `pause`. */
export const resumeUpdate = defineUpdate<void>('resume');
/** Cancels running stages and publishes what has finished. */
export const cancelUpdate = defineUpdate<void>('cancel');
/** Raises the number of candidates; returns the new one. */
export const raiseBudgetUpdate = defineUpdate<number, [candidates: number]>('raiseBudget');
/** Where the sweep is. */
export const progressQuery = defineQuery<SweepProgress>('progress');
/** What happened last. */
export const eventsQuery = defineQuery<NewestEvents>('events');

/** Search attributes that every sweep carries. */
export const STATE_ATTRIBUTE = defineSearchAttributeKey('PrunefrontState', SearchAttributeType.KEYWORD);
/** Fraction of candidates that have ended, 0 to 1. */
export const PROGRESS_ATTRIBUTE = defineSearchAttributeKey('PrunefrontProgress', SearchAttributeType.DOUBLE);
/** Name of the spec. */
export const NAME_ATTRIBUTE = defineSearchAttributeKey('PrunefrontName', SearchAttributeType.KEYWORD);
