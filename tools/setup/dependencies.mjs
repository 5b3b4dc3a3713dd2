// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../paths.mjs';
import { SetupFailure } from './failure.mjs';
import { runProgram } from './processes.mjs';

/** @returns {import('./steps.mjs').Step} */
export function dependenciesStep(root = projectRoot()) {
  const modules = join(root, 'node_modules');
  const stamp = join(modules, '.prunefront-lock');
  const lockHash = () =>
    createHash('sha256')
      .update(readFileSync(join(root, 'package-lock.json')))
      .digest('hex');
  return {
    name: 'dependencies',
    doing: 'installing the npm packages of package-lock.json',
    lock: `npm-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`,
    isDone: () => {
      const hash = lockHash();
      if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
      // A developer's own `npm install` counts too.
      if (!isInstalled(root)) return false;
      writeFileSync(stamp, hash);
      return true;
    },
    run: async () => {
      // Gone first: an install cut half-way must not look whole.
      rmSync(stamp, { force: true });
      rmSync(join(modules, '.package-lock.json'), { force: true });
      const { code, output } = await runProgram('npm', ['ci', '--ignore-scripts'], { cwd: root });
      if (code !== 0) {
        throw new SetupFailure(
          `npm ci failed:\n${complaintOf(output)}`,
          'see that npm is on PATH and reaches its registry, then run `npm ci --ignore-scripts`',
        );
      }
      mkdirSync(modules, { recursive: true });
      writeFileSync(stamp, lockHash());
    },
  };
}

/**
 * Whether npm's own record of node_modules has every package of the lock file that this platform needs.
 * @param {string} root
 */
function isInstalled(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const there = present[path];
    if (there === undefined) return entry.optional === true || entry.devOptional === true;
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

/**
 * npm says what is wrong first, and then how npm is used.
 * @param {string} output
 */
function complaintOf(output) {
  const complaints = output.split('\n').filter((line) => line.startsWith('npm error') && line !== 'npm error');
  return (complaints.length === 0 ? output.trim().split('\n') : complaints).slice(0, 8).join('\n');
}
