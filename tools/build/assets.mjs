// @ts-check
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { sourceFiles } from './inputs.mjs';

/** What running code reads beside itself. */
const EXTENSIONS = new Set([
  '.proto',
  '.json',
  '.yaml',
  '.yml',
  '.html',
  '.css',
  '.svg',
  '.js',
  '.mjs',
  '.cjs',
  '.py',
  '.txt',
]);

/** Set-up and build run from the sources alone. */
const LEFT_OUT = ['tools/setup', 'tools/build', 'tools/temporal', 'web', 'cli/prunefront.mjs', 'proto/buf.yaml'];

/**
 * Copies what is no TypeScript to the same place below the output folder.
 * @param {string} root
 * @param {string} output
 */
export function copyAssets(root, output) {
  for (const file of sourceFiles(root)) {
    const path = relative(root, file);
    if (!EXTENSIONS.has(extname(file)) || LEFT_OUT.some((prefix) => path.startsWith(prefix))) continue;
    const target = join(output, path);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
  }
}
