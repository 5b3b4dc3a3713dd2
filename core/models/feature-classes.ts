import { describeTopology } from './described-topology.js';
import { mixesFeatures } from './layers/activations.js';
import { features, type Source } from './layers/description.js';
import type { Topology } from './topology.js';

/** Why features cannot go: a node that gives them to the model, takes them from it, or needs all of them. */
export interface Obstacle {
  readonly node: number;
  readonly kind: 'input' | 'output' | 'mixes';
}

/** Features of all layers' outputs in classes that go or stay together (DepGraph, Fang et al. 2023). */
export interface FeatureClasses {
  /** By node: the class of each feature of its output. */
  readonly of: readonly Int32Array[];
  /** What keeps a class; null where it can go. */
  obstacle(id: number): Obstacle | null;
}

const cache = new WeakMap<Topology, FeatureClasses>();

/** Follows every feature through the graph: what passes a layer, or meets another feature in one, is of the same class. */
export function featureClasses(topology: Topology): FeatureClasses {
  const known = cache.get(topology);
  if (known !== undefined) return known;
  const found = follow(topology);
  cache.set(topology, found);
  return found;
}

function follow(topology: Topology): FeatureClasses {
  const sets = new Sets();
  const of: Int32Array[] = [];
  const outputs = new Set(topology.outputs);
  describeTopology(topology).forEach(({ output, flow, activation }, node) => {
    const inputs = (topology.nodes[node]?.inputs ?? []).map((from) => of[from] ?? new Int32Array());
    const own = new Int32Array(features(output));
    of.push(own);
    switch (flow.kind) {
      case 'produces': {
        const first = sets.add(flow.units);
        own.forEach((_, feature) => {
          own[feature] = first + (feature % flow.units);
        });
        if (flow.takes === null) sets.block(inputs, { node, kind: 'mixes' });
        break;
      }
      case 'passes':
        own.forEach((_, feature) => {
          own[feature] = sets.join(flow.from(feature).map((source) => at(inputs, source)));
        });
        break;
      default: {
        const first = sets.add(own.length);
        own.forEach((_, feature) => {
          own[feature] = first + feature;
        });
        sets.block([...inputs, own], { node, kind: flow.kind });
      }
    }
    if (outputs.has(node)) sets.block([own], { node, kind: 'output' });
    if (mixesFeatures(activation)) sets.block([own], { node, kind: 'mixes' });
  });
  return { of: of.map((ids) => ids.map((id) => sets.root(id))), obstacle: (id) => sets.obstacle(id) };
}

function at(inputs: readonly Int32Array[], { input, feature }: Source): number {
  return inputs[input]?.[feature] ?? 0;
}

/** Disjoint sets, of which each knows the first obstacle that any of its members has met. */
class Sets {
  private readonly parents: number[] = [];
  private readonly obstacles = new Map<number, Obstacle>();

  /** Adds sets of one member each; the first of them. */
  add(count: number): number {
    const first = this.parents.length;
    for (let i = 0; i < count; i++) this.parents.push(first + i);
    return first;
  }

  root(id: number): number {
    let root = id;
    for (let parent = this.parents[root] ?? root; parent !== root; parent = this.parents[root] ?? root) {
      this.parents[root] = this.parents[parent] ?? parent;
      root = parent;
    }
    return root;
  }

  /** Makes one set of those of all members; its root. */
  join(ids: readonly number[]): number {
    const roots = ids.map((id) => this.root(id));
    const root = Math.min(...roots);
    for (const other of roots) {
      if (other === root) continue;
      this.parents[other] = root;
      const obstacle = this.obstacles.get(other);
      if (obstacle !== undefined && !this.obstacles.has(root)) this.obstacles.set(root, obstacle);
    }
    return root;
  }

  block(lists: readonly Int32Array[], obstacle: Obstacle): void {
    for (const id of lists.flatMap((list) => [...list])) {
      const root = this.root(id);
      if (!this.obstacles.has(root)) this.obstacles.set(root, obstacle);
    }
  }

  obstacle(id: number): Obstacle | null {
    return this.obstacles.get(this.root(id)) ?? null;
  }
}
