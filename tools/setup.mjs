// @ts-check
// Brings a fresh clone to where everything runs. Needs nothing but Node; each step is skipped when its result is there.
import { requireNode } from './setup/require-node.mjs';

requireNode();
const { setUp } = await import('./setup/main.mjs');
const quiet = process.argv.includes('--quiet');
const tests = process.argv.includes('--tests');
const build = !process.argv.includes('--no-build');
process.exitCode = (await setUp({ quiet, build, tests })) ? 0 : 1;
