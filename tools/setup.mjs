// @ts-check
// Brings a fresh clone to where everything runs. Needs nothing but Node; each step is skipped when its result is there.
import { requireNode } from './setup/require-node.mjs';

requireNode();
const { setUp } = await import('./setup/main.mjs');
const quiet = process.argv.includes('--quiet');
const build = !process.argv.includes('--no-build');
process.exitCode = (await setUp({ quiet, build })) ? 0 : 1;
