// @ts-check
import { SetupFailure } from './failure.mjs';
import { withLock } from './lock.mjs';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} doing what it does, for the one who waits
 * @property {() => boolean | Promise<boolean>} isDone whether its result is there
 * @property {(note: (text: string) => void) => Promise<void>} run makes the result
 * @property {string} [lock] runs under one lock name exclude each other, in all clones
 */

/**
 * Runs the steps in order; one whose result is there is skipped.
 * @param {Step[]} steps
 * @param {{ quiet?: boolean, print?: (line: string) => void }} [options]
 * @returns {Promise<boolean>} whether all results are there
 */
export async function runSteps(steps, options = {}) {
  const print = options.print ?? console.error;
  for (const step of steps) {
    try {
      if (await step.isDone()) {
        if (!options.quiet) print(`  ✓ ${step.name}`);
        continue;
      }
      await runStep(step, print);
    } catch (error) {
      print(`  ✗ ${step.name}: ${error instanceof SetupFailure ? error.message : stackOf(error)}`);
      if (error instanceof SetupFailure) print(`    To mend it: ${error.remedy}`);
      return false;
    }
  }
  return true;
}

/**
 * @param {Step} step
 * @param {(line: string) => void} print
 */
async function runStep(step, print) {
  const begin = process.hrtime.bigint();
  const work = async () => {
    // Whoever held the lock may have made what we came for.
    if (step.lock !== undefined && (await step.isDone())) return;
    print(`  … ${step.name}: ${step.doing}`);
    await step.run((text) => print(`      ${text}`));
  };
  const onWait = (/** @type {string} */ holder) => print(`  … ${step.name}: waiting for another set-up (${holder})`);
  if (step.lock === undefined) await work();
  else await withLock(step.lock, work, { onWait });
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  print(`  ✓ ${step.name} (${seconds.toFixed(1)} s)`);
}

/** @param {unknown} error */
function stackOf(error) {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
