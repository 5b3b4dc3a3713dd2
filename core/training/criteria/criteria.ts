import type { PreparedData } from '../../datasets/prepare.js';
import type { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import { type ByWeight, meanRanks } from '../../pruning/criteria/index.js';
import { type ActivationStatistics, activationStatistics, STATISTICS } from './activations.js';
import { batchStatistics } from './batch-statistics.js';
import { featureMaps, unitLayers } from './feature-maps.js';
import { gradientsOf, type PassSettings, TRAINING_PASS } from './gradients.js';
import { hessianProduct } from './hessian-product.js';
import { inputNorms } from './input-norms.js';
import type { Measurement } from './measurement.js';
import { Measuring, type MeasuringSettings } from './measuring.js';
import { FLOW, synapticFlow } from './synaptic-flow.js';

/** What criteria are measured with. */
export interface CriteriaSettings extends Partial<PassSettings>, Pick<MeasuringSettings, 'seed' | 'compiled'> {
  readonly batchSize: number;
}

/** SynFlow's R, and its gradients with respect to absolute weights. */
export interface SynapticFlow {
  readonly flow: number;
  readonly gradients: ByWeight;
}

/**
 * Measures what scores of weights and units are made of, on a network as it is at the time of each call; changes nothing in it. Compiled
 * where that can be trusted, else eager. Dispose it.
 */
export class Criteria {
  private readonly measuring: Measuring;
  private readonly measurements: ReturnType<typeof measurementsOf>;

  constructor(
    tf: Tf,
    private readonly network: Network,
    data: PreparedData,
    private readonly settings: CriteriaSettings,
  ) {
    this.measurements = measurementsOf(tf, network, data, { ...TRAINING_PASS, ...settings });
    this.measuring = new Measuring(tf, data, settings);
  }

  /** Why a measurement that was made didn't run compiled; null where it did. */
  eagerBecause(name: keyof Criteria['measurements']): string | null {
    return this.measuring.eagerBecause(this.measurements[name]);
  }

  /** Why measurements that were made didn't run compiled; empty where all did. */
  eagerReasons(): string[] {
    return this.measuring.eagerReasons();
  }

  /** Gradients of the mean loss over the examples at `indices`. */
  gradients(indices: Int32Array): ByWeight {
    return this.byWeight(this.mean(this.measurements.gradients, indices));
  }

  /** The Hessian of the mean loss over the examples at `indices` times a vector. */
  hessianProduct(indices: Int32Array, direction: ByWeight): ByWeight {
    this.measurements.hessianProduct.setDirection(direction);
    return this.byWeight(this.mean(this.measurements.hessianProduct, indices));
  }

  /** GraSP's H·g: gradients of the mean loss, and the Hessian of the same loss times them. */
  hessianGradient(indices: Int32Array): { readonly gradients: ByWeight; readonly product: ByWeight } {
    const gradients = this.gradients(indices);
    return { gradients, product: this.hessianProduct(indices, gradients) };
  }

  /** SynFlow's R; looks at no example. */
  synapticFlow(): SynapticFlow {
    const values = this.mean(this.measurements.synapticFlow, Int32Array.of(0));
    return { flow: values.get(FLOW)?.[0] ?? Number.NaN, gradients: this.byWeight(values) };
  }

  /** Statistics of the output of each layer over the examples at `indices`, by layer. */
  activations(indices: Int32Array): ReadonlyMap<string, ActivationStatistics> {
    const values = this.mean(this.measurements.activations, indices);
    return new Map(
      this.network.layersWithOutput.map((layer) => {
        const entries = STATISTICS.map((statistic) => [statistic, values.get(`${layer} ${statistic}`)]);
        return [layer, Object.fromEntries(entries) as ActivationStatistics];
      }),
    );
  }

  /** Mean and variance of each batch norm's input, the mean of those of batches, by the names of its moving statistics. */
  batchStatistics(indices: Int32Array): ByWeight {
    return this.mean(this.measurements.batchStatistics, indices);
  }

  /** L2 norm of each input feature over the examples at `indices` and all positions, by kernel, an entry for each place along its `inputAxis`. */
  inputNorms(indices: Int32Array): ByWeight {
    const squares = this.mean(this.measurements.inputNorms, indices);
    return new Map([...squares].map(([weight, own]) => [weight, own.map((mean) => Math.sqrt(mean * indices.length))]));
  }

  /** Mean rank of what each feature of a layer's units gives for the examples at `indices`, by layer with units of its own. */
  featureRanks(indices: Int32Array): ByWeight {
    const layers = unitLayers(this.network.topology);
    const sums = layers.map(({ shape }) => new Float64Array(shape.at(-1) ?? 1));
    for (const { outputs, examples } of this.batches(this.measurements.featureMaps, indices)) {
      layers.forEach(({ shape }, i) => {
        meanRanks(outputs[i] ?? new Float32Array(), [examples, ...shape]).forEach((rank, feature) => {
          const own = sums[i];
          if (own !== undefined) own[feature] = (own[feature] ?? 0) + rank * examples;
        });
      });
    }
    return new Map(
      layers.map(({ layer }, i) => [layer, Float32Array.from(sums[i] ?? [], (sum) => sum / indices.length)]),
    );
  }

  /** Gradients of weights for each of the examples at `indices` by itself, rows [examples, size of the weight]. */
  exampleGradients(indices: Int32Array, weights: readonly string[]): ByWeight {
    const { differentiable } = this.network;
    const rows = new Map<string, Float32Array>();
    let example = 0;
    for (const { outputs } of this.batches(this.measurements.exampleGradients, indices, 1)) {
      for (const weight of weights) {
        const own = outputs[differentiable.indexOf(weight)];
        if (own === undefined) continue;
        const all = rows.get(weight) ?? new Float32Array(indices.length * own.length);
        all.set(own, example * own.length);
        rows.set(weight, all);
      }
      example += 1;
    }
    return rows;
  }

  /** Frees programs and variables. */
  dispose(): void {
    this.measuring.dispose();
    for (const measurement of Object.values(this.measurements)) measurement.dispose();
  }

  /** The mean of each output over the examples, added up in double precision. */
  private mean(measurement: Measurement, indices: Int32Array): Map<string, Float32Array> {
    const sums: Float64Array[] = [];
    for (const { outputs, examples } of this.batches(measurement, indices)) {
      outputs.forEach((values, i) => {
        const sum = sums[i] ?? new Float64Array(values.length);
        sums[i] = sum;
        for (let k = 0; k < values.length; k++) sum[k] = (sum[k] ?? 0) + (values[k] ?? 0) * examples;
      });
    }
    return new Map(
      sums.map((sum, i) => [
        measurement.outputs[i] ?? '',
        new Float32Array(sum.map((value) => value / indices.length)),
      ]),
    );
  }

  private batches(measurement: Measurement, indices: Int32Array, batchSize = this.settings.batchSize) {
    return this.measuring.batches(measurement, indices, batchSize);
  }

  private byWeight(values: ReadonlyMap<string, Float32Array>): ByWeight {
    return new Map(this.network.differentiable.map((name) => [name, values.get(name) ?? new Float32Array()]));
  }
}

function measurementsOf(tf: Tf, network: Network, { exampleShape }: PreparedData, settings: PassSettings) {
  return {
    gradients: gradientsOf(tf, network, settings),
    hessianProduct: hessianProduct(tf, network, settings),
    synapticFlow: synapticFlow(tf, network, exampleShape),
    // What later passes will see: moving statistics and no dropout.
    activations: activationStatistics(tf, network, { mode: 'inference' }),
    batchStatistics: batchStatistics(tf, network),
    inputNorms: inputNorms(tf, network),
    featureMaps: featureMaps(network),
    // Batch norm over a batch of one example would take all of it for its mean.
    exampleGradients: { ...gradientsOf(tf, network, { ...settings, mode: 'inference' }), name: 'exampleGradients' },
  };
}
