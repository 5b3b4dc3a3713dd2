// @ts-check
// Builds dist/ alone; with --check, checks the types and writes nothing but the generated ones.
import { compileTypeScript } from './build/compile.mjs';
import { generateProtoTypes } from './build/protos.mjs';
import { checkWeb } from './build/web.mjs';
import { projectRoot } from './paths.mjs';
import { buildStep } from './setup/build.mjs';
import { tidyUpOnSignals } from './setup/signals.mjs';
import { runSteps } from './setup/steps.mjs';

const root = projectRoot();
/** @type {import('./setup/steps.mjs').Step} */
const check = {
  name: 'types',
  doing: 'checking types',
  isDone: () => false,
  run: async () => {
    await generateProtoTypes(root);
    await compileTypeScript(root);
    await checkWeb(root);
  },
};

tidyUpOnSignals();
process.exitCode = (await runSteps([process.argv.includes('--check') ? check : buildStep(root)])) ? 0 : 1;
