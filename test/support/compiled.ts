import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../tools/paths.mjs';

type Rooms = {
  readonly 'workers/gpu-node/calibrated.js': typeof import('../../workers/gpu-node/calibrated.js');
  readonly 'workers/gpu-node/slot-pool.js': typeof import('../../workers/gpu-node/slot-pool.js');
  readonly 'workers/gpu-node/trainer-process.js': typeof import('../../workers/gpu-node/trainer-process.js');
};

/** A module as it was compiled: beside it lie the programs that it starts. */
export function compiled<Path extends keyof Rooms>(path: Path): Promise<Rooms[Path]> {
  return import(pathToFileURL(join(projectRoot(), 'dist', path)).href) as Promise<Rooms[Path]>;
}
