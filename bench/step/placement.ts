import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from './sides.js';

/** Where TensorFlow placed a graph. */
export interface Placement {
  /** Nodes by device: `GPU:0` and the like. */
  readonly nodes: ReadonlyMap<string, number>;
  /** Operations of the host beside a GPU, each once. */
  readonly onHost: readonly string[];
  /** Device of the resident examples; null where there are none. */
  readonly data: string | null;
}

/** What TensorFlow is told by so that it writes the graph down once its nodes have their places. */
const DUMPING = { TF_CPP_MIN_LOG_LEVEL: '0', TF_CPP_VMODULE: 'placer=3' };

/**
 * Starts the program of a side once more, in which TensorFlow writes down where it places the nodes; null where it has no graph, because the
 * program trains eagerly or ends before.
 */
export function placementOf({ program, args, environment }: Command): Placement | null {
  const folder = mkdtempSync(join(tmpdir(), 'prunefront-placement-'));
  try {
    const env = { ...process.env, ...environment, ...DUMPING, TF_DUMP_GRAPH_PREFIX: folder };
    // Without input it ends once it is warm.
    spawnSync(program, [...args], { stdio: 'ignore', env });
    const written = join(folder, 'placer_output.pbtxt');
    return existsSync(written) ? parsePlacement(readFileSync(written, 'utf8')) : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads a graph in protobuf's text format. */
export function parsePlacement(text: string): Placement {
  const placed = text.split(/^node \{$/m).flatMap((node) => {
    const read = (field: string): string => new RegExp(`^  ${field}: "([^"]*)"$`, 'm').exec(node)?.[1] ?? '';
    const device = read('device').split('device:').at(-1);
    return device === undefined || device === '' ? [] : [{ name: read('name'), op: read('op'), device }];
  });
  const nodes = new Map<string, number>();
  for (const { device } of placed) nodes.set(device, (nodes.get(device) ?? 0) + 1);
  const onHost = new Set(placed.filter(({ device }) => device.startsWith('CPU')).map(({ op }) => op));
  const data = placed.find(({ name }) => name === 'column_0')?.device ?? null;
  return { nodes, onHost: [...onHost].sort(), data };
}
