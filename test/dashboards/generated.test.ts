import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../dashboards/generate.js';
import { projectRoot } from '../../tools/paths.mjs';

const root = projectRoot();

describe('what is generated from dashboards/*.ts', () => {
  it('given the committed files, then they are those that `npm run dashboards` writes', () => {
    for (const [path, content] of generatedFiles()) expect(readFileSync(join(root, path), 'utf8'), path).toBe(content);
  });

  it('given the folder of generated files, then nothing else lies in it', () => {
    const there = readdirSync(join(root, 'dashboards/generated'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    const made = [...generatedFiles().keys()].filter((path) => path.startsWith('dashboards/'));
    expect(there.sort()).toEqual(made.sort());
  });
});
