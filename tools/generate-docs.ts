import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publishedSchema } from '../core/spec/json-schema.js';
import { errorsPage } from './docs/errors-page.js';
import { methodsPage } from './docs/methods-page.js';
import { metricsPage } from './docs/metrics-page.js';
import { observationPage } from './docs/observation-page.js';
import { withSettings } from './docs/settings-table.js';
import { specPage } from './docs/spec-page.js';
import { writeExamples } from './generate-examples.js';
import { projectRoot } from './paths.mjs';

/** The documents that are made from the code, by path from the clone's root. */
export async function generatedDocs(root = projectRoot()): Promise<Map<string, string>> {
  const example = await readFile(join(root, 'examples', 'mnist-cnn.yaml'), 'utf8');
  const cluster = await readFile(join(root, 'docs', 'cluster.md'), 'utf8');
  return new Map([
    ['docs/spec.md', specPage(example)],
    ['docs/cluster.md', withSettings(cluster)],
    ['docs/errors.md', errorsPage()],
    ['docs/methods.md', methodsPage()],
    ['docs/metrics.md', metricsPage()],
    ['docs/observation.md', await observationPage(root)],
    ['docs/sweep.schema.json', `${JSON.stringify(publishedSchema(), null, 2)}\n`],
  ]);
}

/** Writes them, and the made files of `examples/`. */
export async function writeDocs(root = projectRoot()): Promise<void> {
  await writeExamples(root);
  for (const [path, content] of await generatedDocs(root)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const [, program] = process.argv;
if (program !== undefined && import.meta.url === pathToFileURL(program).href) await writeDocs();
