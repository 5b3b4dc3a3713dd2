import { resolve } from 'node:path';
import type { NightlySpec } from '../nightly/nightly-spec.js';
import type { DatasetSource, SweepSpec } from '../sweep/spec.js';

/** The spec with absolute paths. */
export function resolvePaths(spec: SweepSpec, baseFolder: string): SweepSpec {
  const { model, dataset, nightly } = spec;
  const absolute = (path: string): string => resolve(baseFolder, path);
  return {
    ...spec,
    model: 'file' in model ? { file: absolute(model.file) } : model,
    dataset: resolveDataset(dataset, absolute),
    ...(nightly === undefined ? {} : { nightly: resolveNightly(nightly, absolute) }),
  };
}

function resolveNightly({ watch, publish, notify }: NightlySpec, absolute: (path: string) => string): NightlySpec {
  const [program, ...args] = notify.command;
  return {
    watch: 'models' in watch ? { models: absolute(watch.models) } : { data: absolute(watch.data) },
    publish: { ...publish, folder: publish.folder === null ? null : absolute(publish.folder) },
    notify: {
      ...notify,
      // Any other program is looked for on the PATH.
      command: program === undefined ? [] : [/^\.\.?\//.test(program) ? absolute(program) : program, ...args],
    },
  };
}

function resolveDataset(dataset: DatasetSource, absolute: (path: string) => string): DatasetSource {
  if ('builtin' in dataset) return dataset;
  if ('idx' in dataset) return { idx: resolveAll(dataset.idx, absolute) };
  if ('csv' in dataset) return { csv: { ...dataset.csv, file: absolute(dataset.csv.file) } };
  if ('npz' in dataset) return { npz: { ...dataset.npz, file: absolute(dataset.npz.file) } };
  return { npy: resolveAll(dataset.npy, absolute) };
}

function resolveAll<Files extends Readonly<Record<string, string>>>(
  files: Files,
  absolute: (path: string) => string,
): Files {
  return Object.fromEntries(Object.entries(files).map(([key, file]) => [key, absolute(file)])) as Files;
}
