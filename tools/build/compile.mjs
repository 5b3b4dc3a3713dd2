// @ts-check
import { join } from 'node:path';
import { SetupFailure } from '../setup/failure.mjs';
import { lastLines, runProgram } from '../setup/processes.mjs';

/**
 * Compiles all TypeScript, or only checks it where there is no output folder. A type error writes nothing.
 * @param {string} root
 * @param {string} [output]
 */
export async function compileTypeScript(root, output) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const how = output === undefined ? ['--noEmit'] : ['--outDir', output, '--noEmitOnError'];
  const { code, output: said } = await runProgram(
    process.execPath,
    [compiler, '-p', join(root, 'tsconfig.json'), ...how],
    { cwd: root },
  );
  if (code !== 0)
    throw new SetupFailure(`TypeScript found errors:\n${lastLines(said, 40)}`, 'mend the types named above');
}
