import { describeTopology } from './described-topology.js';
import { featureClasses } from './feature-classes.js';
import { describeObstacle, type Removal } from './removal.js';
import type { Topology } from './topology.js';

/** A layer that has units in a group. */
export interface GroupMember {
  readonly layer: string;
  readonly kind: 'filter' | 'neuron' | 'recurrent';
  /** For each unit of the layer its class in the group, from 0 on; null where the unit has to stay. */
  readonly classes: readonly (number | null)[];
}

/** Layers whose units are coupled: what is of one class goes together, wherever it is. */
export interface PruningGroup {
  /** The name of its first layer. */
  readonly name: string;
  /** In the order of the layers. Each has to keep one unit at least. */
  readonly members: readonly GroupMember[];
  /** How many classes can go. */
  readonly classes: number;
}

/** What can be pruned of a model by units, and what cannot. */
export interface PruningGroups {
  readonly groups: readonly PruningGroup[];
  /** Layers with units of which none can go, with the reason in words. */
  readonly staying: readonly { readonly layer: string; readonly reason: string }[];
}

/**
 * The groups of units that can be removed: every removable unit is in exactly one group, in one class there. A class has several units of one
 * layer where these become one feature, as before a Reshape to channels.
 */
export function pruningGroups(topology: Topology): PruningGroups {
  const layers = producingLayers(topology);
  const alone = new Set(layers.flatMap(({ ids }) => (new Set(ids).size === 1 ? ids.slice(0, 1) : [])));
  const { obstacle } = featureClasses(topology);
  const canGo = (id: number): boolean => obstacle(id) === null && !alone.has(id);
  const reasonOf = (id: number): string => {
    const found = obstacle(id);
    if (found !== null) return describeObstacle(topology, found);
    return `a layer has to keep one unit, and all of ${layers.find(({ ids }) => ids.every((other) => other === id))?.layer} go together`;
  };
  return {
    groups: together(
      layers.filter(({ ids }) => ids.some(canGo)),
      canGo,
    ),
    staying: layers.flatMap(({ layer, ids }) => (ids.some(canGo) ? [] : [{ layer, reason: reasonOf(ids[0] ?? 0) }])),
  };
}

/** Names of the layers of a group. */
export function memberNames({ members }: PruningGroup): string[] {
  return members.map(({ layer }) => layer);
}

/** The classes that a member has, in their order. */
export function classesOf({ classes }: GroupMember): number[] {
  return [...new Set(classes)].filter((id) => id !== null);
}

/**
 * A group as a smaller model has it: its classes are those of before, of which some may have no unit any more.
 * @param unitsLeft - of a layer the units of before that are left, in their order
 */
export function remainingGroup(
  { name, members, classes }: PruningGroup,
  unitsLeft: (member: GroupMember) => readonly number[],
): PruningGroup {
  const left = members.map((member) => ({
    ...member,
    classes: unitsLeft(member).map((unit) => member.classes[unit] ?? null),
  }));
  return { name, members: left, classes };
}

/** Units to remove so that classes of a group go. */
export function removalOf({ members }: PruningGroup, classes: Iterable<number>): Removal {
  const gone = new Set<number | null>(classes);
  const entries = members.map(
    ({ layer, classes }) =>
      [layer, classes.flatMap((id, unit) => (id !== null && gone.has(id) ? [unit] : []))] as const,
  );
  return Object.fromEntries(entries.filter(([, units]) => units.length > 0));
}

/**
 * The score of each class of a group: the mean over its layers of the mean over the class's units there.
 * @param scores - by layer, for each of its units; layers that are missing do not count
 */
export function combineScores(
  { members, classes }: PruningGroup,
  scores: ReadonlyMap<string, ArrayLike<number>>,
): Float32Array {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (const member of members) {
    const own = scores.get(member.layer);
    if (own === undefined) continue;
    for (const [id, units] of unitsByClass(member)) {
      sums[id] = (sums[id] ?? 0) + units.reduce((sum, unit) => sum + (own[unit] ?? 0), 0) / units.length;
      counts[id] = (counts[id] ?? 0) + 1;
    }
  }
  return Float32Array.from(sums, (sum, id) => sum / Math.max(1, counts[id] ?? 1));
}

interface ProducingLayer {
  readonly layer: string;
  readonly kind: GroupMember['kind'];
  /** The class of each unit in the whole graph. */
  readonly ids: readonly number[];
}

function producingLayers(topology: Topology): ProducingLayer[] {
  const { of } = featureClasses(topology);
  return describeTopology(topology).flatMap(({ flow }, node) =>
    flow.kind === 'produces'
      ? [
          {
            layer: topology.nodes[node]?.name ?? '',
            kind: flow.granularity,
            ids: [...(of[node] ?? [])].slice(0, flow.units),
          },
        ]
      : [],
  );
}

/** Layers that share a class, directly or through others, make one group. */
function together(layers: readonly ProducingLayer[], canGo: (id: number) => boolean): PruningGroup[] {
  const groups: ProducingLayer[][] = [];
  for (const layer of layers) {
    const own = new Set(layer.ids.filter(canGo));
    const touched = groups.filter((group) => group.some(({ ids }) => ids.some((id) => own.has(id))));
    const [first] = touched;
    if (first === undefined) {
      groups.push([layer]);
      continue;
    }
    for (const other of touched.slice(1)) first.push(...groups.splice(groups.indexOf(other), 1).flat());
    first.push(layer);
  }
  const order = new Map(layers.map(({ layer }, i) => [layer, i]));
  return groups.map((group) =>
    numbered(
      group.sort((a, b) => (order.get(a.layer) ?? 0) - (order.get(b.layer) ?? 0)),
      canGo,
    ),
  );
}

/** Numbers the classes of a group in the order in which its layers have them. */
function numbered(layers: readonly ProducingLayer[], canGo: (id: number) => boolean): PruningGroup {
  const numbers = new Map<number, number>();
  const members = layers.map(({ layer, kind, ids }) => ({
    layer,
    kind,
    classes: ids.map((id) => {
      if (!canGo(id)) return null;
      if (!numbers.has(id)) numbers.set(id, numbers.size);
      return numbers.get(id) ?? null;
    }),
  }));
  return { name: layers[0]?.layer ?? '', members, classes: numbers.size };
}

function unitsByClass({ classes }: GroupMember): ReadonlyMap<number, readonly number[]> {
  const units = new Map<number, number[]>();
  classes.forEach((id, unit) => {
    if (id !== null) units.set(id, [...(units.get(id) ?? []), unit]);
  });
  return units;
}
