import { PrunefrontError } from '../errors.js';
import { describeTopology } from './described-topology.js';
import { featureClasses, type Obstacle } from './feature-classes.js';
import { nodeIndex, type Topology } from './topology.js';

/** Units to remove, by the name of the layer that produces them. */
export type Removal = Readonly<Record<string, readonly number[]>>;

/** What every layer loses once a removal has spread through the graph. */
export interface SpreadRemoval {
  /** By node: the removed units of its own. */
  readonly units: readonly ReadonlySet<number>[];
  /** By node: the removed features of its output. */
  readonly output: readonly ReadonlySet<number>[];
  /** By node: the removed features of its first input. */
  readonly input: readonly ReadonlySet<number>[];
}

const NOTHING: ReadonlySet<number> = new Set();

/**
 * Spreads a removal through the graph: with a unit go all features that it passes on to or meets, and the units that produce those.
 * @throws PrunefrontError `PRUNEFRONT_NOT_REMOVABLE` where a removed feature reaches the model's input, output, or a layer that mixes features;
 *   `PRUNEFRONT_IMPOSSIBLE_SHAPE` where a layer would lose all its units or has no such unit
 */
export function spreadRemoval(topology: Topology, remove: Removal): SpreadRemoval {
  const { of, obstacle } = featureClasses(topology);
  const gone = new Set<number>();
  for (const [layer, units] of Object.entries(remove)) {
    const node = nodeIndex(topology, layer);
    checkUnits(topology, node, units);
    for (const unit of units) gone.add(of[node]?.[unit] ?? 0);
  }
  for (const id of gone) {
    const found = obstacle(id);
    if (found !== null) throw notRemovable(topology, found);
  }
  const output = of.map((ids) => new Set([...ids.keys()].filter((feature) => gone.has(ids[feature] ?? 0))));
  const units = output.map((removed, node) => {
    const count = unitsOf(topology, node);
    const own = new Set([...removed].filter((feature) => feature < count));
    if (own.size > 0) checkUnits(topology, node, [...own]);
    return own;
  });
  const input = topology.nodes.map(({ inputs: [first] }) =>
    first === undefined ? NOTHING : (output[first] ?? NOTHING),
  );
  return { units, output, input };
}

/** What an obstacle is, in a sentence. */
export function describeObstacle(topology: Topology, { node, kind }: Obstacle): string {
  const { name, className } = topology.nodes[node] ?? { name: '', className: '' };
  switch (kind) {
    case 'input':
      return `they are joined with the model’s input ${name}`;
    case 'output':
      return `they reach the model’s output through ${name}`;
    case 'mixes':
      return `${name} (${className}) needs all features of its input`;
  }
}

function notRemovable(topology: Topology, obstacle: Obstacle): PrunefrontError {
  const { name, className } = topology.nodes[obstacle.node] ?? { name: '', className: '' };
  const message =
    obstacle.kind === 'output'
      ? `Removed units would reach the model’s output through ${name}`
      : `Units cannot be removed before layer ${name}`;
  return new PrunefrontError('PRUNEFRONT_NOT_REMOVABLE', message, {
    place: name,
    found: className,
    ...(obstacle.kind === 'mixes' ? { allowed: 'layers that keep features apart' } : {}),
  });
}

function unitsOf(topology: Topology, node: number): number {
  const flow = describeTopology(topology)[node]?.flow;
  return flow?.kind === 'produces' ? flow.units : 0;
}

function checkUnits(topology: Topology, node: number, units: readonly number[]): void {
  const count = unitsOf(topology, node);
  const { name: place, className } = topology.nodes[node] ?? { name: '', className: '' };
  if (count === 0) {
    throw new PrunefrontError('PRUNEFRONT_NOT_REMOVABLE', `Layer ${place} has no units of its own`, {
      place,
      found: className,
    });
  }
  const isUnit = (unit: number): boolean => Number.isInteger(unit) && unit >= 0 && unit < count;
  const different = new Set(units).size;
  if (units.every(isUnit) && different < count) return;
  throw new PrunefrontError('PRUNEFRONT_IMPOSSIBLE_SHAPE', `Layer ${place} cannot lose these units`, {
    place,
    found: `${different} of ${count} units`,
    allowed: `at most ${count - 1} of the units 0 to ${count - 1}`,
  });
}
