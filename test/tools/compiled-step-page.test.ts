import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../tools/paths.mjs';

const ROOT = projectRoot();
const page = readFileSync(join(ROOT, 'docs/compiled-step.md'), 'utf8');
const LIBRARY = 'core/training/compiled';
const sources = [LIBRARY, 'core/training/engines'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(ROOT, folder, name), 'utf8') })),
);

describe('docs/compiled-step.md', () => {
  it('given its example, when it is run as it is, then compiled and eager agree on the loss, and training lowers it', () => {
    const [, code = ''] = /```js\n([\s\S]+?)```/.exec(page) ?? [];
    const told = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const numbers = [...told.matchAll(/: ?([\d.e-]+)(?: ([\d.e-]+))?/g)].flatMap(([, a, b]) => [a, b].map(Number));
    const [eager = Number.NaN, compiled = Number.NaN, last = Number.NaN] = numbers;
    expect(Math.abs(eager - compiled)).toBeLessThanOrEqual(1e-6 * eager);
    expect(last).toBeLessThan(0.7 * eager);
  });

  it('given the code, then every reason to run eagerly is on the page', () => {
    const reasons = sources.flatMap(({ path, text }) => [
      ...[...text.matchAll(/new EagerOnly\(\s*(?:'([^']+)'|`([^`$]+)|"([^"]+)")/g)].map(
        ([, a, b, c]) => a ?? b ?? c ?? '',
      ),
      ...[...text.matchAll(/eagerBecause: '([^']+)'/g)].map(([, reason]) => reason ?? ''),
      ...(path.endsWith('compare.ts') ? [...text.matchAll(/['`](two passes)/g)].map(([, reason]) => reason ?? '') : []),
    ]);
    expect(new Set(reasons).size).toBeGreaterThan(8);
    const missing = reasons.filter((reason) => !page.includes(`\`${reason}`));
    expect(missing).toEqual([]);
  });

  it('given the code, then its rooms are those of the page, and each imports only from rooms to its right', () => {
    const below: Readonly<Record<string, readonly string[]>> = {
      program: ['tracer', 'optimizers', 'runner', 'encoder', 'graph'],
      tracer: ['graph'],
      optimizers: ['graph'],
      runner: ['encoder', 'graph'],
      encoder: ['graph'],
      graph: [],
    };
    const roomOf = (path: string): string => relative(LIBRARY, path).split('/')[0] ?? '';
    const rooms = new Set(sources.filter(({ path }) => path.startsWith(LIBRARY)).map(({ path }) => roomOf(path)));
    expect([...rooms].filter((room) => room !== 'eager-only.ts').sort()).toEqual(Object.keys(below).sort());
    for (const room of Object.keys(below)) expect(page).toContain(`| \`${room}/\` |`);
    const wrong = sources
      .filter(({ path }) => path.startsWith(LIBRARY))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/from '(\.[^']+)'/g)].map(([, to = '']) => ({
          from: path,
          to: relative(ROOT, resolve(ROOT, dirname(path), to)),
        })),
      )
      .filter(({ from, to }) => {
        if (!to.startsWith('core/training/')) return false;
        if (!to.startsWith(LIBRARY)) return true;
        const [own, other] = [roomOf(from), roomOf(to)];
        return other !== 'eager-only.js' && own !== other && below[own]?.includes(other) !== true;
      });
    expect(wrong).toEqual([]);
  });
});
