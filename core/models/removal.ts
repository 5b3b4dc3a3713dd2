import { PrunefrontError } from '../errors.js';
import { describeTopology } from './described-topology.js';
import { features, type LayerDescription } from './layers/description.js';
import { nodeIndex, type Topology } from './topology.js';

/** Units to remove, by the name of the layer that produces them. */
export type Removal = Readonly<Record<string, readonly number[]>>;

/** Features that every node's output loses once a removal has spread through the graph. */
export interface SpreadRemoval {
  /** By node: the removed features of its output. */
  readonly output: readonly ReadonlySet<number>[];
  /** By node: the removed features of its inputs side by side, as the layer sees them. */
  readonly input: readonly ReadonlySet<number>[];
}

const NOTHING: ReadonlySet<number> = new Set();

/**
 * Spreads a removal forward through the graph; where an element-wise layer joins branches that lose different features, the
 * missing ones are pushed back to the layers that produce them, until all agree.
 * @throws PrunefrontError `PRUNEFRONT_NOT_REMOVABLE` where a removed feature reaches the model's input, output, or a layer that mixes features;
 *   `PRUNEFRONT_IMPOSSIBLE_SHAPE` where a layer would lose all its units or has no such unit
 */
export function spreadRemoval(topology: Topology, remove: Removal): SpreadRemoval {
  const descriptions = describeTopology(topology);
  const requests = new Map<number, Set<number>>();
  for (const [layer, units] of Object.entries(remove))
    request(topology, descriptions, requests, nodeIndex(topology, layer), new Set(units));
  for (;;) {
    const spread = forward(topology, descriptions, requests);
    if (!coupleBranches(topology, descriptions, spread, requests)) {
      checkOutputs(topology, spread);
      return spread;
    }
  }
}

function request(
  topology: Topology,
  descriptions: readonly LayerDescription[],
  requests: Map<number, Set<number>>,
  node: number,
  units: ReadonlySet<number>,
): void {
  const flow = descriptions[node]?.flow;
  const place = topology.nodes[node]?.name ?? '';
  if (flow?.kind !== 'produces') {
    throw new PrunefrontError('PRUNEFRONT_NOT_REMOVABLE', `Layer ${place} has no units of its own`, {
      place,
      found: topology.nodes[node]?.className ?? '',
    });
  }
  const all = new Set([...(requests.get(node) ?? NOTHING), ...units]);
  if ([...all].some((unit) => !Number.isInteger(unit) || unit < 0 || unit >= flow.units) || all.size >= flow.units) {
    throw new PrunefrontError('PRUNEFRONT_IMPOSSIBLE_SHAPE', `Layer ${place} cannot lose these units`, {
      place,
      found: `${all.size} of ${flow.units} units`,
      allowed: `at most ${flow.units - 1} of the units 0 to ${flow.units - 1}`,
    });
  }
  requests.set(node, all);
}

function forward(
  topology: Topology,
  descriptions: readonly LayerDescription[],
  requests: ReadonlyMap<number, ReadonlySet<number>>,
): SpreadRemoval {
  const output: ReadonlySet<number>[] = [];
  const input: ReadonlySet<number>[] = [];
  topology.nodes.forEach(({ inputs, name, className }, i) => {
    const flow = descriptions[i]?.flow ?? { kind: 'opaque' as const };
    const shapes = inputs.map((from) => descriptions[from]?.output ?? []);
    const removed = inputs.map((from) => output[from] ?? NOTHING);
    const joined = flow.kind === 'concatenates' ? sideBySide(removed, shapes.map(features)) : union(removed);
    input.push(joined);
    switch (flow.kind) {
      case 'produces':
        output.push(requests.get(i) ?? NOTHING);
        break;
      case 'multiplies':
        output.push(
          new Set([...joined].flatMap((channel) => Array.from({ length: flow.by }, (_, j) => channel * flow.by + j))),
        );
        break;
      case 'flatten':
        output.push(flattened(joined, shapes[0] ?? []));
        break;
      case 'opaque':
        if (joined.size > 0) throw mixes(name, className);
        output.push(NOTHING);
        break;
      default:
        output.push(joined);
    }
  });
  return { output, input };
}

/** Pushes back what a branch of an element-wise layer lacks; whether anything was. */
function coupleBranches(
  topology: Topology,
  descriptions: readonly LayerDescription[],
  spread: SpreadRemoval,
  requests: Map<number, Set<number>>,
): boolean {
  let changed = false;
  const pushBack = (node: number, removed: ReadonlySet<number>): void => {
    const missing = [...removed].filter((feature) => spread.output[node]?.has(feature) !== true);
    if (missing.length === 0) return;
    const { flow } = descriptions[node] ?? { flow: { kind: 'opaque' as const } };
    const { inputs, name, className } = topology.nodes[node] ?? { inputs: [], name: '', className: '' };
    const [first = 0] = inputs;
    switch (flow.kind) {
      case 'produces':
        request(topology, descriptions, requests, node, new Set(missing));
        changed = true;
        return;
      case 'same':
        pushBack(first, removed);
        return;
      case 'coupled':
        for (const from of inputs) pushBack(from, removed);
        return;
      case 'multiplies':
        pushBack(first, new Set(missing.map((feature) => Math.floor(feature / flow.by))));
        return;
      case 'flatten':
        pushBack(first, new Set(missing.map((feature) => feature % features(descriptions[first]?.output ?? []))));
        return;
      case 'concatenates': {
        let offset = 0;
        for (const from of inputs) {
          const size = features(descriptions[from]?.output ?? []);
          const start = offset;
          pushBack(
            from,
            new Set(
              missing.filter((feature) => feature >= start && feature < start + size).map((feature) => feature - start),
            ),
          );
          offset += size;
        }
        return;
      }
      default:
        throw mixes(name, className);
    }
  };
  topology.nodes.forEach(({ inputs }, i) => {
    if (descriptions[i]?.flow.kind === 'coupled')
      for (const from of inputs) pushBack(from, spread.output[i] ?? NOTHING);
  });
  return changed;
}

function checkOutputs(topology: Topology, spread: SpreadRemoval): void {
  for (const i of topology.outputs) {
    if ((spread.output[i]?.size ?? 0) === 0) continue;
    const place = topology.nodes[i]?.name ?? '';
    throw new PrunefrontError(
      'PRUNEFRONT_NOT_REMOVABLE',
      `Removed units would reach the model’s output through ${place}`,
      { place },
    );
  }
}

function mixes(name: string, className: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_NOT_REMOVABLE', `Units cannot be removed before layer ${name}`, {
    place: name,
    found: className,
    allowed: 'layers that keep features apart',
  });
}

function union(sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  return new Set(sets.flatMap((set) => [...set]));
}

function sideBySide(sets: readonly ReadonlySet<number>[], sizes: readonly number[]): ReadonlySet<number> {
  let offset = 0;
  const joined = new Set<number>();
  sets.forEach((set, i) => {
    for (const feature of set) joined.add(offset + feature);
    offset += sizes[i] ?? 0;
  });
  return joined;
}

/** Flat positions of removed channels: position · C + channel. */
function flattened(removed: ReadonlySet<number>, shape: readonly number[]): ReadonlySet<number> {
  const channels = features(shape);
  const positions = shape.slice(0, -1).reduce((product, n) => product * n, 1);
  return new Set(
    [...removed].flatMap((channel) => Array.from({ length: positions }, (_, p) => p * channels + channel)),
  );
}
