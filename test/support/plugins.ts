import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METRICS } from '../../core/evaluation/metrics/index.js';

/** A criterion as a plugin writes it; its scores are `weights`, an expression of `kernel`. */
export function criterionText(name: string, weights = 'kernel.values.map(Math.abs)'): string {
  return `{ name: '${name}', summary: 'A test.', source: 'a test', settings: {}, weights: (kernel) => ${weights} }`;
}

/** Registers metrics of a classification, mean logits all of them, as a plugin would. */
export function registerMetrics(...names: readonly string[]): void {
  for (const name of names) {
    const told = { name, summary: 'A test.', source: 'a test', settings: {}, tasks: ['classification'] as const };
    METRICS.register({ ...told, examples: (_, outputs) => outputs.mean(1) }, 'a'.repeat(64));
  }
}

/** Writes a plugin with this default export; its file. */
export async function pluginFile(folder: string, exported: string, name = 'plugin.mjs'): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `export default ${exported};\n`);
  return file;
}
