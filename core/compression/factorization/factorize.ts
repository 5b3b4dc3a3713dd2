import { svd } from '../../linear-algebra/svd.js';
import { describeTopology } from '../../models/described-topology.js';
import type { NamedTensor } from '../../models/named-tensor.js';
import { nodeIndex, type Topology } from '../../models/topology.js';
import { inTurns } from '../../steps.js';
import { type ConvolutionForm, type Form, formOf } from './forms.js';
import { rankOfEnergy, truncated } from './low-rank.js';
import { type Split, splitCosts, splitLayer } from './split.js';

/** How layers are factorized. */
export interface FactorizationSettings {
  /** `energy`: the smallest rank that keeps `fraction` of the squared singular values. `parameters`: the largest that has `fraction` of the kernel's. */
  readonly rank: 'energy' | 'parameters';
  /** Above 0, at most 1. */
  readonly fraction: number;
  readonly convolutions: ConvolutionForm;
}

/** What became of a layer with a kernel. */
export type LayerOutcome =
  | { readonly layer: string; readonly kind: Form['kind']; readonly rank: number; readonly fullRank: number }
  | { readonly layer: string; readonly skipped: string };

/** A factorized model. */
export interface Factorization extends Split {
  readonly outcomes: readonly LayerOutcome[];
}

/**
 * Dense layers and convolutions in two each, where both parameters and multiply-accumulates of their kernels fall (Denton et al. 2014,
 * Jaderberg et al. 2014, Zhang et al. 2016). A kernel that holds zeros is left as it is, because the product would fill them in.
 * @param isEncoded - whether a weight is quantized or clustered already, which the factors would undo
 * @param tick - waited for after each layer, and within one that takes long
 */
export async function factorize(
  topology: Topology,
  weights: readonly NamedTensor[],
  settings: FactorizationSettings,
  isEncoded: (weight: string) => boolean = () => false,
  tick: () => Promise<void> = async () => undefined,
): Promise<Factorization> {
  let split: Split = { topology, weights };
  const outcomes: LayerOutcome[] = [];
  for (const { name: layer } of topology.nodes) {
    const found = await factorizedLayer(split, layer, settings, isEncoded, tick);
    if (found === null) continue;
    outcomes.push(found.outcome);
    split = found.split;
    await tick();
  }
  return { ...split, outcomes };
}

/** Layers that get smaller and faster in two, if the rank is small enough. */
export function factorizableLayers(topology: Topology, convolutions: ConvolutionForm): string[] {
  const descriptions = describeTopology(topology);
  return topology.nodes.flatMap((node, index) => {
    const kernel = descriptions[index]?.parameters.find(({ name }) => name === 'kernel');
    const form = kernel === undefined ? null : formOf(node, kernel.shape, convolutions);
    return form !== null && highestRank(splitCosts(topology, index, form)) >= 1 ? [node.name] : [];
  });
}

/** The highest rank at which both parameters and multiply-accumulates fall. */
function highestRank({ whole, eachRank }: ReturnType<typeof splitCosts>): number {
  return Math.ceil(Math.min(whole.parameters / eachRank.parameters, whole.macs / eachRank.macs)) - 1;
}

async function factorizedLayer(
  split: Split,
  layer: string,
  settings: FactorizationSettings,
  isEncoded: (weight: string) => boolean,
  tick: () => Promise<void>,
): Promise<{ readonly outcome: LayerOutcome; readonly split: Split } | null> {
  const { topology, weights } = split;
  const index = nodeIndex(topology, layer);
  const weight = weights.find(({ name }) => name === `${layer}/kernel`);
  const node = topology.nodes[index];
  const form = node === undefined || weight === undefined ? null : formOf(node, weight.shape, settings.convolutions);
  if (weight === undefined || form === null) return null;
  const skipped = (reason: string) => ({ outcome: { layer, skipped: reason }, split });
  if (isEncoded(weight.name)) return skipped('it is quantized or clustered already, which its factors would undo');
  const zeros = weight.values.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  if (zeros > 0) return skipped(`${zeros} of its weights are zero, and a product of two kernels would fill them in`);
  const { whole, eachRank } = splitCosts(topology, index, form);
  const most = highestRank({ whole, eachRank });
  if (most < 1) return skipped('no rank makes it smaller and faster');
  const decomposed = await inTurns(svd(form.matrix(weight.values)), tick);
  const rank =
    settings.rank === 'energy'
      ? rankOfEnergy(decomposed.values, settings.fraction)
      : Math.min(Math.max(Math.floor((settings.fraction * whole.parameters) / eachRank.parameters), 1), most);
  if (rank > most) return skipped(`it needs rank ${rank}, and only up to ${most} is it smaller and faster`);
  const fullRank = decomposed.values.length;
  return {
    outcome: { layer, kind: form.kind, rank: Math.min(rank, fullRank), fullRank },
    split: splitLayer(topology, weights, index, form, truncated(decomposed, rank)),
  };
}
