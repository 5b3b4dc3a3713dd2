// Runs vector files of reference implementations through the project: `npm run conformance -- PATH…`.
import { join } from 'node:path';
import { projectRoot } from '../../tools/paths.mjs';
import { runConformance } from './run.js';

// TensorFlow's notes on the machine would drown the result.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
const paths = process.argv.slice(2);
const own = join(projectRoot(), 'test', 'conformance', 'vectors');
const { passed, failed, refused } = await runConformance(paths.length > 0 ? paths : [own], (line) => console.log(line));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed + refused > 0 ? 1 : 0;
