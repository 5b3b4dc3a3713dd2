import { type Block, removableBlocks } from './blocks.js';
import { describeTopology, modelParameters, requireOneInputAndOutput } from './described-topology.js';
import { type PruningGroup, pruningGroups } from './groups.js';
import type { Shape } from './layers/index.js';
import { sizeOf } from './named-tensor.js';
import type { Topology } from './topology.js';

/** Bytes of a weight as models hold it: float32. */
const BYTES_PER_WEIGHT = 4;

/** One layer of a model, and what can go of it. */
export interface LayerInspection {
  readonly layer: string;
  readonly className: string;
  /** Shape of what it gives for one example. */
  readonly output: Shape;
  readonly parameters: number;
  /** Multiply-accumulates of one example. */
  readonly macs: number;
  /** Of its weights in float32. */
  readonly bytes: number;
  /** Filters, neurons or recurrent units of its own; 0 where it has none. */
  readonly units: number;
  /** Of these, how many can be removed, alone or with others. */
  readonly removable: number;
  /** Name of the group that they go with; null where none can go. */
  readonly group: string | null;
  /** Why its units cannot go; null where it has none or some can. */
  readonly staysBecause: string | null;
}

/** What a model is made of, what can be pruned of it, and why not the rest. */
export interface ModelInspection {
  readonly model: string;
  readonly parameters: number;
  readonly macs: number;
  readonly bytes: number;
  readonly layers: readonly LayerInspection[];
  readonly groups: readonly PruningGroup[];
  /** What can go as a whole. */
  readonly blocks: readonly Block[];
  /** Layers and additions that cannot go as a whole, with the reason. */
  readonly wholeStaying: readonly { readonly layer: string; readonly reason: string }[];
}

/**
 * Looks at a model as surgery sees it; what no sweep takes is refused as there.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_UNSUPPORTED`, `PRUNEFRONT_IMPOSSIBLE_SHAPE`
 */
export function inspectTopology(model: string, topology: Topology): ModelInspection {
  requireOneInputAndOutput(topology);
  const { groups, staying } = pruningGroups(topology);
  const { blocks, staying: wholeStaying } = removableBlocks(topology);
  const parameters = modelParameters(topology);
  const layers = describeTopology(topology).map(({ output, flow }, node): LayerInspection => {
    const { name: layer, className } = topology.nodes[node] ?? { name: '', className: '' };
    const own = parameters.filter((parameter) => parameter.node === node);
    const count = own.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const group = groups.find(({ members }) => members.some((member) => member.layer === layer));
    const classes = group?.members.find((member) => member.layer === layer)?.classes ?? [];
    return {
      layer,
      className,
      output,
      parameters: count,
      macs: own.reduce((sum, { shape, uses }) => sum + sizeOf(shape) * uses, 0),
      bytes: count * BYTES_PER_WEIGHT,
      units: flow.kind === 'produces' ? flow.units : 0,
      removable: classes.filter((id) => id !== null).length,
      group: group?.name ?? null,
      staysBecause: staying.find((each) => each.layer === layer)?.reason ?? null,
    };
  });
  const total = (of: 'parameters' | 'macs' | 'bytes'): number => layers.reduce((sum, layer) => sum + layer[of], 0);
  return {
    model,
    ...{ parameters: total('parameters'), macs: total('macs'), bytes: total('bytes') },
    ...{ layers, groups, blocks, wholeStaying },
  };
}
