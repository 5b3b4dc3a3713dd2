/** Something long in small steps: between two of them others may have their turn. */
export type Steps<Result> = Generator<void, Result, void>;

/** Milliseconds between two ticks. */
const TICK_MS = 1000;

/** Takes all steps at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/**
 * Takes all steps, and ticks between them now and then.
 * @param tick - to be waited for; where it throws, the steps end there
 */
export async function inTurns<Result>(
  steps: Steps<Result>,
  tick: () => Promise<void>,
  everyMs = TICK_MS,
): Promise<Result> {
  let ticked = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() - ticked < everyMs) continue;
    await tick();
    ticked = performance.now();
  }
}
