import { describeTopology } from './described-topology.js';
import type { LayerDescription } from './layers/index.js';
import type { Topology } from './topology.js';

/**
 * Weights of a branch whose zeros make its output zero, whatever it takes: back to the last layers that multiply by weights.
 * @param end - the node that gives the output
 * @param branch - nodes whose weights may be zero
 * @returns full names; null where no zeros of weights do
 */
export function silencedBy(topology: Topology, end: number, branch: ReadonlySet<number>): string[] | null {
  if (!branch.has(end)) return null;
  const layer = describeTopology(topology)[end];
  const { name, inputs } = topology.nodes[end] ?? { name: '', inputs: [] };
  if (layer === undefined) return null;
  const own = layer.parameters.map((parameter) => `${name}/${parameter.name}`);
  if (!keepsZero(layer)) return null;
  if (multiplies(layer)) return own;
  const before = inputs.map((input) => silencedBy(topology, input, branch));
  return before.every((names) => names !== null) ? [...own, ...before.flatMap((names) => names ?? [])] : null;
}

/** Whether weights multiply all that passes: a kernel, or the gamma of a norm. */
function multiplies({ parameters }: LayerDescription): boolean {
  return parameters.some(({ name, uses, prunable }) => uses > 0 || prunable || name === 'gamma');
}

/** Whether the layer gives zero for zeros where all its weights are zero. */
function keepsZero({ flow }: LayerDescription): boolean {
  if (flow.kind === 'produces') return flow.constant(0, zeros) === 0;
  if (flow.kind !== 'passes') return false;
  const sources = flow.from(0).map(() => 0);
  return flow.constant === undefined || flow.constant(sources, 0, zeros) === 0;
}

const zeros = (): Float32Array => new Float32Array();
