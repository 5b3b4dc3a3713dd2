/**
 * Set-up of every test file: properties draw from one seed, so that a run of the suite can be repeated. `PRUNEFRONT_TEST_SEED=N` draws
 * other examples.
 */
import fc from 'fast-check';

const seed = Number(process.env.PRUNEFRONT_TEST_SEED ?? 1);
if (!Number.isSafeInteger(seed))
  throw new Error(`PRUNEFRONT_TEST_SEED must be an integer, not ${process.env.PRUNEFRONT_TEST_SEED}`);
fc.configureGlobal({ seed });
