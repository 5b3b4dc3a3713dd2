import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../tools/paths.mjs';

/** Version of this package. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
