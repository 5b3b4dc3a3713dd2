import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// @ts-expect-error set-up is plain JavaScript without declarations
import { dependenciesStep } from '../../tools/setup/dependencies.mjs';

let root: string;
const entry = (version: string, more = {}) => ({ version, integrity: `sha512-${version}`, ...more });
const write = (path: string, packages: object) => writeFileSync(join(root, path), JSON.stringify({ packages }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prunefront-npm-'));
  mkdirSync(join(root, 'node_modules'));
  write('package-lock.json', {
    '': {},
    'node_modules/a': entry('1.0.0'),
    'node_modules/b': entry('2.0.0', { optional: true }),
  });
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('the dependencies step', () => {
  it('is not done before an install', () => {
    expect(dependenciesStep(root).isDone()).toBe(false);
  });

  it('takes an install of npm that is in step, optional packages of other platforms aside', () => {
    write('node_modules/.package-lock.json', { 'node_modules/a': entry('1.0.0') });
    expect(dependenciesStep(root).isDone()).toBe(true);
  });

  it('asks for an install when the lock file changed', () => {
    write('node_modules/.package-lock.json', { 'node_modules/a': entry('1.0.0') });
    expect(dependenciesStep(root).isDone()).toBe(true);
    write('package-lock.json', { '': {}, 'node_modules/a': entry('1.0.1') });
    expect(dependenciesStep(root).isDone()).toBe(false);
  });
});
