import type { PreparedData } from '../../datasets/prepare.js';
import { PrunefrontError } from '../../errors.js';
import { normBehind } from '../../models/layers-behind.js';
import type { NamedTensor } from '../../models/named-tensor.js';
import type { Topology } from '../../models/topology.js';
import { epochOrder } from '../../network/batches.js';
import { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import {
  type ByWeight,
  type Evidence,
  inputAxis,
  measuredOf,
  type OutputStatistics,
} from '../../pruning/criteria/index.js';
import { createLabelledRandom } from '../../random.js';
import type { Objective } from '../objectives/index.js';
import { Criteria } from './criteria.js';
import { unitLayers } from './feature-maps.js';
import { kernelsWithInput } from './input-norms.js';

/** Examples whose feature maps HRank sees: ranks of a unit hardly differ from batch to batch (Lin et al. 2020). */
const RANKED_EXAMPLES = 16;

/** Bytes of gradients of single examples that are kept for all weights at once; those of larger networks are measured weight by weight. */
const KEPT_BYTES = 256 * 1024 * 1024;

/** What evidence is measured on. */
export interface EvidenceSource {
  readonly tf: Tf;
  readonly topology: Topology;
  /** In the order of the model; what is pruned is zero. */
  readonly weights: readonly NamedTensor[];
  readonly data: PreparedData;
  /** Which training examples are looked at, what dropout draws from, and what random criteria draw from. */
  readonly seed: number;
  /** Training examples that are looked at; all of them where there are fewer. */
  readonly examples: number;
  readonly batchSize: number;
  /** What the training makes small; absent is the mean cross-entropy. */
  readonly objective?: Objective;
  /** What training added up, `movementOf` its slots. */
  readonly movement?: ByWeight;
}

/**
 * Opens what criteria look at, on a network of its own; nothing is measured before it is asked for.
 * @throws PrunefrontError `PRUNEFRONT_IMPOSSIBLE_SHAPE`, `PRUNEFRONT_MODEL_FORMAT`
 */
export async function measureEvidence(source: EvidenceSource): Promise<MeasuredEvidence> {
  return new MeasuredEvidence(source, await Network.build(source.tf, source.topology, source.weights));
}

/** Evidence that is measured of a network. Dispose it. */
export class MeasuredEvidence implements Evidence {
  /** By temperature. */
  private readonly criteria = new Map<number, Criteria>();
  /** What was measured of the weights as they are. */
  private readonly known = new Map<string, unknown>();
  /** All training examples, those that are looked at first. */
  private readonly order: Int32Array;
  private readonly indices: Int32Array;
  private trainingMovement: ByWeight | null;

  constructor(
    private readonly source: EvidenceSource,
    private readonly network: Network,
  ) {
    this.order = epochOrder(source.data.train, source.seed, 0);
    this.indices = this.order.slice(0, source.examples);
    this.trainingMovement = source.movement ?? null;
  }

  /** Why a measurement that was made didn't run compiled; null where all did. */
  eagerBecause(): string | null {
    const reasons = [...this.criteria.values()].flatMap((each) => each.eagerReasons());
    return reasons[0] ?? null;
  }

  /** Goes on with other values of weights, of the same shapes; those that are not named stay. */
  writeWeights(weights: ByWeight, movement: ByWeight | null = this.trainingMovement): void {
    this.known.clear();
    for (const [name, values] of weights) this.network.write(name, values);
    this.trainingMovement = movement;
  }

  gradients(): ByWeight {
    return this.once('gradients', () => this.plain.gradients(this.indices));
  }

  hessianGradient(temperature: number): ByWeight {
    return this.once(
      `hessianGradient ${temperature}`,
      () => this.at(temperature).hessianGradient(this.indices).product,
    );
  }

  synapticFlow(): ByWeight {
    return this.once('synapticFlow', () => this.plain.synapticFlow().gradients);
  }

  outputs(): ReadonlyMap<string, OutputStatistics> {
    return this.once('outputs', () => {
      const all = this.plain.activations(this.indices);
      const units = unitLayers(this.source.topology).flatMap(({ layer, units, activated }) => {
        const own = all.get(activated);
        if (own === undefined) return [];
        const { mean, meanAbsolute, zeros } = own;
        const folded = {
          mean: meanOfUnits(mean, units),
          meanAbsolute: meanOfUnits(meanAbsolute, units),
          zeros: meanOfUnits(zeros, units),
        };
        return [[layer, folded] as const];
      });
      return new Map([...all, ...units]);
    });
  }

  inputNorms(): ByWeight {
    return this.once('inputNorms', () => {
      const all = this.plain.inputNorms(this.indices);
      return new Map(
        kernelsWithInput(this.network).map((kernel) => {
          const norms = all.get(kernel.fullName) ?? new Float32Array();
          const squares = norms.map((norm) => norm ** 2);
          return [kernel.fullName, meanOfUnits(squares, kernel.shape[inputAxis(kernel)] ?? 1).map(Math.sqrt)];
        }),
      );
    });
  }

  featureRanks(): ReadonlyMap<string, Float32Array> {
    return this.once('featureRanks', () => {
      const ranks = this.plain.featureRanks(this.indices.subarray(0, RANKED_EXAMPLES));
      const layers = unitLayers(this.source.topology);
      return new Map(
        layers.map(({ layer, units }) => [layer, meanOfUnits(ranks.get(layer) ?? new Float32Array(), units)]),
      );
    });
  }

  exampleGradients(weight: string, examples: number): { readonly examples: number; readonly values: Float32Array } {
    const indices = this.order.subarray(0, examples);
    const { differentiable, variables } = this.network;
    const size = differentiable.reduce((sum, name) => sum + (variables.get(name)?.size ?? 0), 0);
    const all =
      4 * size * indices.length <= KEPT_BYTES
        ? this.once(`exampleGradients ${examples}`, () => this.plain.exampleGradients(indices, differentiable))
        : this.plain.exampleGradients(indices, [weight]);
    return { examples: indices.length, values: measuredOf(all, weight) };
  }

  scaleBehind(layer: string): Float32Array | null {
    const name = normBehind(this.source.topology, layer);
    const gamma = name === null ? undefined : this.network.variables.get(name);
    return gamma === undefined ? null : Float32Array.from(gamma.dataSync());
  }

  movement(): ByWeight {
    if (this.trainingMovement !== null) return this.trainingMovement;
    throw new PrunefrontError('PRUNEFRONT_SPEC_CONFLICT', 'Movement needs a training before the first cut', {
      place: 'criterion movement',
      found: 'no optimizer step that adds it up',
      allowed: 'a schedule whose first cut comes after some steps',
    });
  }

  random(label: string): () => number {
    return createLabelledRandom(this.source.seed, label).next;
  }

  /** Frees the network and all programs. */
  dispose(): void {
    for (const each of this.criteria.values()) each.dispose();
    this.network.dispose();
  }

  private get plain(): Criteria {
    return this.at(1);
  }

  private at(temperature: number): Criteria {
    const known = this.criteria.get(temperature);
    if (known !== undefined) return known;
    const { tf, data, batchSize, seed, objective } = this.source;
    const settings = { batchSize, seed, temperature, ...(objective === undefined ? {} : { objective }) };
    const opened = new Criteria(tf, this.network, data, settings);
    this.criteria.set(temperature, opened);
    return opened;
  }

  private once<Value>(name: string, measure: () => Value): Value {
    if (!this.known.has(name)) this.known.set(name, measure());
    return this.known.get(name) as Value;
  }
}

/** Features of unit i mod `units` as one: a bidirectional layer gives those of its two directions side by side. */
function meanOfUnits(features: Float32Array, units: number): Float32Array {
  const times = features.length / units;
  return Float32Array.from({ length: units }, (_, unit) => {
    let sum = 0;
    for (let i = unit; i < features.length; i += units) sum += features[i] ?? 0;
    return sum / times;
  });
}
