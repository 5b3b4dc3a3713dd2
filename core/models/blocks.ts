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
 * The blocks of a model: layers with kernels whose output has the shape of their input, and branches f of x + f(x) (He et al. 2016) with all layers
 * that nothing else takes.
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
  const before = describeTopology(topology)[input]?.output ?? [];
  if (before.join() !== description.output.join())
    return `it makes [${description.output.join(', ')}] of [${before.join(', ')}]`;
  if (topology.outputs.includes(node)) return 'it gives the model’s output';
  return { node, kind: 'layer', nodes: [node], instead: new Map([[node, input]]), silenced: [] };
}

function residualCut(topology: Topology, add: number): Cut | string {
  const { inputs } = topology.nodes[add] ?? { inputs: [] };
  const descriptions = describeTopology(topology);
  const shapes = new Set(inputs.map((input) => descriptions[input]?.output.join()));
  if (shapes.size > 1) return 'it adds outputs of different shapes';
  if (topology.outputs.includes(add)) return 'it gives the model’s output';
  let reason = 'none of its branches begins at another one';
  for (const end of inputs) {
    const others = inputs.filter((input) => input !== end);
    const branch = branchTo(topology, end, add, others);
    if (branch === null) continue;
    const silenced = silencedBy(topology, end, new Set(branch));
    if (silenced === null) {
      reason = `no weights make the output of ${topology.nodes[end]?.name} zero`;
      continue;
    }
    const [other = -1] = others;
    const [nodes, instead] =
      others.length > 1 ? [branch, new Map([[end, null]])] : [[...branch, add], new Map([[add, other]])];
    return { node: add, kind: 'residual', nodes, instead, silenced };
  }
  return reason;
}

/** Nodes of a branch from one of `others` to `end`, which nothing but the addition takes; null where it begins elsewhere or has no kernels. */
function branchTo(topology: Topology, end: number, add: number, others: readonly number[]): number[] | null {
  const branch = new Set<number>();
  const waiting = [end];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (others.includes(node) || branch.has(node)) continue;
    const { inputs, className } = topology.nodes[node] ?? { inputs: [], className: 'InputLayer' };
    if (className === 'InputLayer') return null;
    branch.add(node);
    waiting.push(...inputs);
  }
  const isAlone = [...branch].every(
    (node) =>
      !topology.outputs.includes(node) &&
      topology.nodes.every(({ inputs }, i) => !inputs.includes(node) || i === add || branch.has(i)),
  );
  return isAlone && branch.size > 0 ? [...branch].sort((a, b) => a - b) : null;
}
