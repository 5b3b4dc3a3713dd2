// @ts-check
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupFailure } from '../setup/failure.mjs';
import { filesBelow, hashFiles } from '../setup/hash.mjs';
import { lastLines, runProgram } from '../setup/processes.mjs';
import { publish, withScratchIn } from '../setup/scratch.mjs';

/** What the page is made of: its own sources, and what it shares with the report and the protocol. */
const SOURCES = ['web', 'core', 'proto/prunefront', 'workers/gateway/access'];
const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tools/build/web.mjs'];

/**
 * Puts the page into a folder. It is made anew only where something that it is made of has changed.
 * @param {string} root
 * @param {string} output
 */
export async function buildWeb(root, output) {
  const made = join(root, '.prunefront', 'web');
  const stamp = join(made, '.stamp');
  const inputs = [
    ...SOURCES.flatMap((folder) => filesBelow(join(root, folder))),
    ...SETTINGS.map((file) => join(root, file)),
  ];
  const wanted = hashFiles(root, inputs);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    await withScratchIn(join(root, '.prunefront'), async (scratch) => {
      const whole = join(scratch, 'web');
      await Promise.all([checkWeb(root), bundle(root, whole)]);
      writeFileSync(join(whole, '.stamp'), wanted);
      publish(whole, made);
    });
  }
  mkdirSync(output, { recursive: true });
  for (const name of ['index.html', 'assets']) cpSync(join(made, name), join(output, name), { recursive: true });
}

/**
 * Checks the types of the page; they differ from those of the programs, for browsers have other libraries.
 * @param {string} root
 */
export async function checkWeb(root) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output: said } = await runProgram(process.execPath, [compiler, '-p', join(root, 'web')], { cwd: root });
  if (code !== 0)
    throw new SetupFailure(
      `TypeScript found errors in the page:\n${lastLines(said, 40)}`,
      'mend the types named above',
    );
}

/**
 * @param {string} root
 * @param {string} output
 */
async function bundle(root, output) {
  const require = createRequire(join(root, 'package.json'));
  /** @type {typeof import('vite')} */
  const { build } = await import(pathToFileURL(require.resolve('vite')).href);
  try {
    await build({
      root: join(root, 'web'),
      configFile: false,
      logLevel: 'error',
      oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
      build: {
        outDir: output,
        emptyOutDir: true,
        target: 'es2022',
        chunkSizeWarningLimit: 2000,
        modulePreload: { polyfill: false },
      },
    });
  } catch (error) {
    throw new SetupFailure(
      `the page cannot be bundled:\n${error instanceof Error ? error.message : error}`,
      'mend web/',
    );
  }
}
