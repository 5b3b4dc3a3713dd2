import { realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import type { SweepSpec } from '../sweep/spec.js';
import { dataFiles } from './named-files.js';
import { type Problem, problemAt } from './problems.js';
import type { SpecPath, YamlSource } from './yaml-source.js';

/** What a spec names that lies outside a folder, also by way of links. */
export async function outsideProblems(spec: SweepSpec, source: YamlSource, folder: string): Promise<Problem[]> {
  const root = await realpath(folder);
  const problems = namedPaths(spec).map(async ({ file, path }) => {
    if (isBelow(await reached(file), root)) return [];
    const facts = { found: file, allowed: `files below ${folder}` };
    return [problemAt(source, path, 'PRUNEFRONT_SPEC_VALUE', 'The gateway takes files of one folder only', facts)];
  });
  return (await Promise.all(problems)).flat();
}

function namedPaths(spec: SweepSpec): { readonly file: string; readonly path: SpecPath }[] {
  const { model, nightly } = spec;
  const named = [...dataFiles(spec)];
  if ('file' in model) named.push({ file: model.file, path: ['model', 'file'] });
  if (nightly === undefined) return named;
  const { watch, publish } = nightly;
  if ('models' in watch) named.push({ file: watch.models, path: ['nightly', 'watch', 'models'] });
  else named.push({ file: watch.data, path: ['nightly', 'watch', 'data'] });
  if (publish.folder !== null) named.push({ file: publish.folder, path: ['nightly', 'publish', 'folder'] });
  return named;
}

/** Where a path leads; of one that is not there, where its folder does. */
async function reached(file: string): Promise<string> {
  for (let path = file; ; path = dirname(path)) {
    const real = await realpath(path).catch(() => null);
    if (real !== null) return real;
    if (dirname(path) === path) return path;
  }
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
