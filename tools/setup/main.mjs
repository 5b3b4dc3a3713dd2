// @ts-check
import { join } from 'node:path';
import { cacheDir, projectRoot, tensorflowVariant } from '../paths.mjs';
import { bindingStep } from './binding.mjs';
import { buildStep } from './build.mjs';
import { dependenciesStep } from './dependencies.mjs';
import { prometheusStep } from './prometheus.mjs';
import { sweepScratch } from './scratch.mjs';
import { tidyUpOnSignals } from './signals.mjs';
import { runSteps } from './steps.mjs';
import { temporalStep } from './temporal.mjs';
import { tensorflowStep } from './tensorflow.mjs';

/**
 * @param {{ quiet: boolean, build: boolean, tests: boolean }} options tests: also what only tests need
 * @returns {Promise<boolean>} whether everything is there
 */
export async function setUp({ quiet, build, tests }) {
  if (!quiet) console.error(`Setting up Prunefront (shared results in ${cacheDir()})`);
  tidyUpOnSignals();
  sweepScratch();
  sweepScratch(join(projectRoot(), '.prunefront'));
  try {
    tensorflowVariant();
  } catch (error) {
    // A misspelt setting is no bug of ours: no stack.
    console.error(`  ✗ ${error instanceof Error ? error.message : error}`);
    return false;
  }
  const steps = [dependenciesStep(), tensorflowStep(), bindingStep(), temporalStep()];
  if (tests) steps.push(prometheusStep());
  return runSteps(build ? [...steps, buildStep()] : steps, { quiet });
}
