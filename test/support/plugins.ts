import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A criterion as a plugin writes it; its scores are `weights`, an expression of `kernel`. */
export function criterionText(name: string, weights = 'kernel.values.map(Math.abs)'): string {
  return `{ name: '${name}', summary: 'A test.', source: 'a test', settings: {}, weights: (kernel) => ${weights} }`;
}

/** Writes a plugin with this default export; its file. */
export async function pluginFile(folder: string, exported: string, name = 'plugin.mjs'): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `export default ${exported};\n`);
  return file;
}
