import { describeTopology } from '../../models/described-topology.js';
import { describeLayer, type LayerDescription } from '../../models/layers/index.js';
import { type NamedTensor, sizeOf } from '../../models/named-tensor.js';
import type { LayerNode, Topology } from '../../models/topology.js';
import type { Form } from './forms.js';
import type { LowRank } from './low-rank.js';

/** What kernels cost. */
export interface KernelCosts {
  readonly parameters: number;
  readonly macs: number;
}

/** A layer in two. */
export interface Split {
  readonly topology: Topology;
  readonly weights: readonly NamedTensor[];
}

/** The two layers that come in a layer's place: `dense_u` and `dense_v`, or the next free names. */
function splitNodes(topology: Topology, index: number, form: Form, rank: number): [LayerNode, LayerNode] {
  const { name, className, inputs } = nodeAt(topology, index);
  const [first, second] = form.configs(rank);
  const [u, v] = [freeName(topology, `${name}_u`), freeName(topology, `${name}_v`)];
  return [
    { name: u, className, config: { ...first, name: u }, inputs },
    { name: v, className, config: { ...second, name: v }, inputs: [index] },
  ];
}

/** What the layer's kernel costs, and what those of the two layers cost for each rank: both grow in proportion to it. */
export function splitCosts(
  topology: Topology,
  index: number,
  form: Form,
): { readonly whole: KernelCosts; readonly eachRank: KernelCosts } {
  const descriptions = describeTopology(topology);
  const [first, second] = splitNodes(topology, index, form, 1);
  const u = describeLayer(
    first,
    first.inputs.map((from) => descriptions[from]?.output ?? []),
  );
  const parts = [u, describeLayer(second, [u.output])].map(kernelCosts);
  const sum = (key: keyof KernelCosts): number => parts.reduce((total, costs) => total + costs[key], 0);
  return {
    whole: kernelCosts(descriptions[index]),
    eachRank: { parameters: sum('parameters'), macs: sum('macs') },
  };
}

/** The model with the layer's kernel as the product of two layers' kernels; every other layer is as it was. */
export function splitLayer(
  topology: Topology,
  weights: readonly NamedTensor[],
  index: number,
  form: Form,
  { left, right }: LowRank,
): Split {
  const { name } = nodeAt(topology, index);
  const pair = splitNodes(topology, index, form, left.columns);
  // What comes after has moved by one; whoever took the layer's output takes the second one's.
  const moved = (at: number): number => (at >= index ? at + 1 : at);
  const nodes = topology.nodes.flatMap((node, i) =>
    i === index ? pair : [{ ...node, inputs: node.inputs.map(moved) }],
  );
  const split = { ...topology, nodes, outputs: topology.outputs.map(moved) };
  const [u, v] = pair.map((node) => node.name) as [string, string];
  const kernels = [Float32Array.from(left.values), Float32Array.from(form.secondKernel(right))];
  const shapes = [index, index + 1].map((at) => describeTopology(split)[at]?.parameters[0]?.shape ?? []);
  const weightsOfPair = [u, v].map((layer, i) => ({
    name: `${layer}/kernel`,
    shape: shapes[i] ?? [],
    values: kernels[i] ?? new Float32Array(),
  }));
  return {
    topology: split,
    weights: weights.flatMap((weight) => {
      if (weight.name === `${name}/kernel`) return weightsOfPair;
      return weight.name === `${name}/bias` ? [{ ...weight, name: `${v}/bias` }] : [weight];
    }),
  };
}

function kernelCosts(description: LayerDescription | undefined): KernelCosts {
  const { shape = [], uses = 0 } = description?.parameters[0] ?? {};
  return { parameters: sizeOf(shape), macs: sizeOf(shape) * uses };
}

function nodeAt({ nodes }: Topology, index: number): LayerNode {
  return nodes[index] ?? { name: '', className: '', config: {}, inputs: [] };
}

function freeName(topology: Topology, name: string): string {
  return topology.nodes.some((node) => node.name === name) ? freeName(topology, `${name}_`) : name;
}
