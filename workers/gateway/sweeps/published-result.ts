import { PrunefrontError } from '../../../core/errors.js';
import type { SweepResult } from '../../../core/sweep/result.js';
import { isOver, type Sweeps } from './sweeps.js';

/** No name of a sweep leads out of its folder. */
const SWEEP_ID = /^[A-Za-z0-9][\w.-]*$/;

/**
 * What a sweep has published, by its id or name. The store knows it longer than Temporal, which forgets ended workflows.
 * @throws PrunefrontError `PRUNEFRONT_SWEEP_NOT_FOUND`, `PRUNEFRONT_SWEEP_STATE`
 */
export async function publishedResult(sweeps: Sweeps, asked: string): Promise<SweepResult> {
  const known = SWEEP_ID.test(asked) ? await sweeps.result(asked) : null;
  if (known !== null) return known;
  const { sweepId } = await sweeps.find(asked);
  const result = await sweeps.result(sweepId);
  if (result !== null) return result;
  const state = (await sweeps.stateOf(sweepId)) ?? 'forgotten';
  throw new PrunefrontError(
    'PRUNEFRONT_SWEEP_STATE',
    isOver(state) ? `The sweep ${sweepId} ended without a result` : `The sweep ${sweepId} has no result yet`,
    {
      place: sweepId,
      found: state,
      allowed: 'a sweep that has ended and measured something',
      hint: `prunefront status ${sweepId} shows where it is`,
    },
  );
}
