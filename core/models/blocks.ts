import { PrunefrontError } from '../errors.js';
import { describeTopology, modelParameters } from './described-topology.js';
import type { LayersModel } from './model-file.js';
import { sizeOf } from './named-tensor.js';
import { type Rewiring, rewired } from './rewiring.js';
import { silencedBy } from './silencing.js';
import type { Topology } from './topology.js';

/** Layers that can go as a whole, because what they give has the shape of what they take. */
export interface Block {
  /** The layer, or the Add that ends a residual block. */
  readonly name: string;
  readonly kind: 'layer' | 'residual';
  /** Layers that go, in the order of the model. */
  readonly layers: readonly string[];
  readonly parameters: number;
  /** Multiply-accumulates of one example. */
  readonly macs: number;
}

/** What can go of a model as a whole, and what cannot. */
export interface Blocks {
  /** A layer can be in several; what is left after one has gone has blocks of its own. */
  readonly blocks: readonly Block[];
  /** Layers with kernels, and additions, that cannot go as a whole, with the reason in words. */
  readonly staying: readonly { readonly layer: string; readonly reason: string }[];
}

/** A block as nodes: those that go, and whose output the one that ends it has then. */
interface Cut {
  readonly node: number;
  readonly kind: Block['kind'];
  readonly nodes: readonly number[];
  readonly instead: Rewiring['instead'];
  /** Weights that make the branch of a residual block give zero; none of a layer. */
  readonly silenced: readonly string[];
}

/**
 * The blocks of a model: layers with kernels whose output has the shape of their input, and branches f of x + f(x) (He et al. 2016), or of
 * g(x) + f(x) where a projection g gives the shape, with all layers that nothing else takes. Of several branches that may go it is the one with the most
 * weights that change the shape.
 */
export function removableBlocks(topology: Topology): Blocks {
  const found = topology.nodes.map((_, node) => ({ node, cut: cutAt(topology, node) }));
  const nameOf = (node: number): string => topology.nodes[node]?.name ?? '';
  return {
    blocks: found.flatMap(({ cut }) => (typeof cut === 'object' && cut !== null ? [blockOf(topology, cut)] : [])),
    staying: found.flatMap(({ node, cut }) => (typeof cut === 'string' ? [{ layer: nameOf(node), reason: cut }] : [])),
  };
}

/**
 * The smaller model without a block: what took its output takes its input, or what else is added.
 * @throws PrunefrontError `PRUNEFRONT_NOT_REMOVABLE` where there is no such block
 */
export function removeBlock({ topology, weights }: LayersModel, name: string): LayersModel {
  const { nodes, instead } = requireCut(topology, name);
  const smaller = rewired(topology, { gone: new Set(nodes), instead });
  const kept = new Set(modelParameters(smaller).map(({ fullName }) => fullName));
  return { topology: smaller, weights: weights.filter((tensor) => kept.has(tensor.name)) };
}

/**
 * The model of full size that the one without the block must equal: a residual branch gives zero, because the weights at its end are zero; a layer
 * gives what it takes.
 * @throws PrunefrontError `PRUNEFRONT_NOT_REMOVABLE` where there is no such block
 */
export function maskBlock({ topology, weights }: LayersModel, name: string): LayersModel {
  const { node, kind, silenced } = requireCut(topology, name);
  const zero = new Set(silenced);
  if (kind === 'residual') {
    return {
      topology,
      weights: weights.map((tensor) =>
        zero.has(tensor.name) ? { ...tensor, values: new Float32Array(sizeOf(tensor.shape)) } : tensor,
      ),
    };
  }
  const identity = { className: 'Activation', config: { name, activation: 'linear' } };
  const nodes = topology.nodes.map((own, i) => (i === node ? { ...own, ...identity } : own));
  return {
    topology: { ...topology, nodes },
    weights: weights.filter((tensor) => !tensor.name.startsWith(`${name}/`)),
  };
}

function requireCut(topology: Topology, name: string): Cut {
  const cut = cutAt(
    topology,
    topology.nodes.findIndex((node) => node.name === name),
  );
  if (typeof cut === 'object' && cut !== null) return cut;
  throw new PrunefrontError('PRUNEFRONT_NOT_REMOVABLE', `${name} cannot go as a whole: ${cut ?? 'it is no block'}`, {
    place: name,
    allowed: removableBlocks(topology)
      .blocks.map((block) => block.name)
      .join(', '),
  });
}

function blockOf(topology: Topology, { node, kind, nodes }: Cut): Block {
  const own = modelParameters(topology).filter((parameter) => nodes.includes(parameter.node));
  const nameOf = (at: number): string => topology.nodes[at]?.name ?? '';
  return {
    name: nameOf(node),
    kind,
    layers: nodes.map(nameOf),
    parameters: own.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    macs: own.reduce((sum, { shape, uses }) => sum + sizeOf(shape) * uses, 0),
  };
}

/** The block that a node ends, or why it ends none; null where nobody would ask. */
function cutAt(topology: Topology, node: number): Cut | string | null {
  const cut = possibleCut(topology, node);
  if (typeof cut !== 'object' || cut === null) return cut;
  const { nodes } = rewired(topology, { gone: new Set(cut.nodes), instead: cut.instead });
  // tfjs cannot run a layer that takes one output twice.
  const twice = nodes.find(({ inputs }) => new Set(inputs).size < inputs.length);
  return twice === undefined ? cut : `${twice.name} would take one output twice`;
}

function possibleCut(topology: Topology, node: number): Cut | string | null {
  const description = describeTopology(topology)[node];
  if (topology.nodes[node]?.className === 'Add') return residualCut(topology, node);
  if (description === undefined || description.parameters.every(({ uses }) => uses === 0)) return null;
  const [input = -1] = topology.nodes[node]?.inputs ?? [];
  if (changesShape(topology, node)) {
    const before = describeTopology(topology)[input]?.output ?? [];
    return `it makes [${description.output.join(', ')}] of [${before.join(', ')}]`;
  }
  if (topology.outputs.includes(node)) return 'it gives the model’s output';
  return { node, kind: 'layer', nodes: [node], instead: new Map([[node, input]]), silenced: [] };
}

function residualCut(topology: Topology, add: number): Cut | string {
  const { inputs } = topology.nodes[add] ?? { inputs: [] };
  const descriptions = describeTopology(topology);
  const shapes = new Set(inputs.map((input) => descriptions[input]?.output.join()));
  if (shapes.size > 1) return 'it adds outputs of different shapes';
  if (topology.outputs.includes(add)) return 'it gives the model’s output';
  let reason = 'other layers take from inside its branches';
  const branches = inputs.map((end, i) => {
    const branch = branchTo(topology, end, add, inputs.toSpliced(i, 1));
    return { end, branch, size: shapingWeights(topology, branch) };
  });
  // Of a branch and a projection beside it the projection is the smaller one, and stays.
  for (const { end, branch } of branches.toSorted((a, b) => b.size - a.size)) {
    if (branch.length === 0) continue;
    const silenced = silencedBy(topology, end, new Set(branch));
    if (silenced === null) {
      reason = `no weights make the output of ${topology.nodes[end]?.name} zero`;
      continue;
    }
    const others = inputs.filter((input) => input !== end);
    const [other = -1] = others;
    const [nodes, instead] =
      others.length > 1 ? [branch, new Map([[end, null]])] : [[...branch, add], new Map([[add, other]])];
    return { node: add, kind: 'residual', nodes, instead, silenced };
  }
  return reason;
}

/** Nodes that only `end` needs of all that is added: its branch. None where something else than the addition takes from it. */
function branchTo(topology: Topology, end: number, add: number, others: readonly number[]): number[] {
  const needed = neededBy(topology, others);
  const branch = new Set([...neededBy(topology, [end])].filter((node) => !needed.has(node)));
  const isAlone = [...branch].every(
    (node) =>
      !topology.outputs.includes(node) &&
      topology.nodes[node]?.className !== 'InputLayer' &&
      topology.nodes.every(({ inputs }, i) => !inputs.includes(node) || i === add || branch.has(i)),
  );
  return isAlone ? [...branch].sort((a, b) => a - b) : [];
}

/** Weights of the layers of a branch that change its shape: they stay as long as it does, so that this does not depend on what has gone of it. */
function shapingWeights(topology: Topology, branch: readonly number[]): number {
  return modelParameters(topology)
    .filter(({ node }) => branch.includes(node) && changesShape(topology, node))
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function changesShape(topology: Topology, node: number): boolean {
  const descriptions = describeTopology(topology);
  const [input = -1] = topology.nodes[node]?.inputs ?? [];
  return descriptions[input]?.output.join() !== descriptions[node]?.output.join();
}

/** Some nodes and all before them. */
function neededBy(topology: Topology, ends: readonly number[]): ReadonlySet<number> {
  const needed = new Set<number>();
  const waiting = [...ends];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (needed.has(node)) continue;
    needed.add(node);
    waiting.push(...(topology.nodes[node]?.inputs ?? []));
  }
  return needed;
}
