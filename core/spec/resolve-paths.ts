import { resolve } from 'node:path';
import { withFiles } from '../datasets/source-files.js';
import type { NightlySpec } from '../nightly/nightly-spec.js';
import type { SweepSpec } from '../sweep/spec.js';

/** The spec with absolute paths. */
export function resolvePaths(spec: SweepSpec, baseFolder: string): SweepSpec {
  const { model, dataset, nightly } = spec;
  const absolute = (path: string): string => resolve(baseFolder, path);
  return {
    ...spec,
    model: 'file' in model ? { file: absolute(model.file) } : model,
    dataset: withFiles(dataset, absolute),
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
