import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../core/errors.js';
import { registeredPieces } from '../../core/plugins/registered-pieces.js';
import { METRIC_NAMES } from '../../core/sweep/spec.js';
import { generatedDocs } from '../../tools/generate-docs.js';
import { generatedExamples } from '../../tools/generate-examples.js';
import { METRICS as SERVED } from '../../workers/metrics/catalogue.js';
import { NODE_METRICS, TEMPORAL_METRICS } from '../../workers/metrics/inherited.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const committed = (path: string): Buffer => readFileSync(new URL(`../../${path}`, import.meta.url));

describe('what is generated from the code', () => {
  it('given the documents, then they are those that `npm run docs` writes', async () => {
    for (const [path, content] of await generatedDocs(ROOT))
      expect(committed(path).toString('utf8'), path).toBe(content);
  });

  it('given the made files of the examples, then they are those that `npm run docs` writes', () => {
    for (const [path, content] of generatedExamples()) {
      expect(committed(path).equals(Buffer.from(content)), path).toBe(true);
    }
  });

  it('given the page of metrics, then each has exactly one row, and nothing is left open', async () => {
    const page = (await generatedDocs(ROOT)).get('docs/metrics.md') ?? '';
    for (const name of [SERVED, NODE_METRICS, TEMPORAL_METRICS].flatMap(Object.keys))
      expect(page.split(`| \`${name}\` |`), name).toHaveLength(2);
    expect(page).not.toMatch(/undefined|\|\s*\|\s*$/m);
  });

  it('given the page of methods, then every piece and setting has exactly one row, and nothing is left open', async () => {
    const page = (await generatedDocs(ROOT)).get('docs/methods.md') ?? '';
    for (const { name, settings } of registeredPieces()) {
      expect(page, name).toContain(`| \`${name}\` |`);
      for (const key of Object.keys(settings)) expect(page.split(`| \`${name}.${key}\` |`), key).toHaveLength(2);
    }
    expect(page).not.toMatch(/undefined|\[object|\|\s*\|$/m);
  });

  it('given the page of the spec, then the rules of layers are explained with their own keys', async () => {
    const page = (await generatedDocs(ROOT)).get('docs/spec.md') ?? '';
    const rules = '{ exclude?, sparsity?, floor? }';
    expect(page).toContain(`| \`space.method.layers\` | { \\<name>: ${rules} } | none |`);
    expect(page).toContain(`| \`space.method.layers.<name>\` | ${rules} | none |`);
    for (const key of ['exclude', 'sparsity', 'floor'])
      expect(page).toMatch(
        new RegExp(`\\| \`space\\.method\\.layers\\.<name>\\.${key}\` \\| [^|]+ \\| none \\| [^|]+\\. \\|`),
      );
  });

  it('given the pages, then every error code, metric and top-level key is there, and nothing is left open', async () => {
    const docs = await generatedDocs(ROOT);
    for (const code of Object.keys(ERROR_CODES)) expect(docs.get('docs/errors.md')).toContain(`| \`${code}\` |`);
    const page = docs.get('docs/spec.md') ?? '';
    for (const metric of METRIC_NAMES) expect(page).toContain(`| \`${metric}\` |`);
    const schema = JSON.parse(docs.get('docs/sweep.schema.json') ?? '{}') as { properties: Record<string, unknown> };
    for (const key of Object.keys(schema.properties)) expect(page).toContain(`\n## \`${key}\`\n`);
    expect(page).not.toMatch(/undefined|\| anything \||\| \{\} \||\[object|\|\s*\|$/m);
  });
});
