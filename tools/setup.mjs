// @ts-check
// Brings a fresh clone to where everything runs. Needs nothing but Node; each step is skipped when its result is there.
import { join } from 'node:path';
import { cacheDir, projectRoot } from './paths.mjs';
import { bindingStep } from './setup/binding.mjs';
import { buildStep } from './setup/build.mjs';
import { dependenciesStep, nodeStep } from './setup/dependencies.mjs';
import { sweepScratch } from './setup/scratch.mjs';
import { tidyUpOnSignals } from './setup/signals.mjs';
import { runSteps } from './setup/steps.mjs';
import { temporalStep } from './setup/temporal.mjs';
import { tensorflowStep } from './setup/tensorflow.mjs';

const quiet = process.argv.includes('--quiet');
const withoutBuild = process.argv.includes('--no-build');

tidyUpOnSignals();
if (!quiet) console.error(`Setting up Prunefront (shared results in ${cacheDir()})`);
sweepScratch();
sweepScratch(join(projectRoot(), '.prunefront'));
const steps = [nodeStep(), dependenciesStep(), tensorflowStep(), bindingStep(), temporalStep()];
if (!withoutBuild) steps.push(buildStep());
process.exitCode = (await runSteps(steps, { quiet })) ? 0 : 1;
