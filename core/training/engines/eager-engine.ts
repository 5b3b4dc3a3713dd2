import type { Tensor, Variable } from '@tensorflow/tfjs';
import { withCompressedWeights } from '../../compression/index.js';
import type { PreparedData } from '../../datasets/prepare.js';
import type { Judge } from '../../evaluation/judges/index.js';
import { measureLatency } from '../../evaluation/latency.js';
import { scoreModel } from '../../evaluation/score-model.js';
import { valuesByName } from '../../models/named-tensor.js';
import { gatherBatch } from '../../network/batches.js';
import type { Network } from '../../network/network.js';
import { stepSeed } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import type { Latency, Score } from '../../sweep/observation.js';
import type { Augment } from '../../sweep/spec.js';
import type { CompressedRun } from '../compression/compressed-network.js';
import type { Objective } from '../objectives/index.js';
import type { Optimizer } from '../optimizers/index.js';
import { createSlots, disposeSlots, type Slots, trainStep } from '../train-step.js';
import type { Engine, SlotValues } from './engine.js';

/** Runs a network operation by operation, on any backend of tfjs. It owns the network, and its teacher. */
export class EagerEngine implements Engine {
  readonly dataKept = 'streamed';
  readonly stepsPerCall = 1;
  private readonly slots: Slots;
  private masks: ReadonlyMap<string, Tensor> = new Map();

  constructor(
    private readonly tf: Tf,
    private readonly network: Network,
    private readonly optimizer: Optimizer,
    private readonly data: PreparedData,
    private readonly objective: Objective,
    private readonly judge: Judge,
    readonly eagerBecause: string,
    private readonly settings: CompressedRun & { readonly augment?: Augment } = {},
  ) {
    this.slots = createSlots(tf, network, optimizer);
  }

  train(batches: readonly Int32Array[], seed: number, step: number): number[] {
    const { tf, network, optimizer, slots, masks, objective } = this;
    const { augment, encodings } = this.settings;
    return batches.map((indices, i) => {
      const { x, y } = gatherBatch(tf, this.data, indices);
      const own = stepSeed(seed, step + i);
      const loss = trainStep(
        tf,
        network,
        optimizer,
        slots,
        masks,
        [x, y],
        own,
        step + i,
        objective,
        augment,
        encodings,
      );
      tf.dispose([x, y]);
      return loss;
    });
  }

  score(indices: Int32Array): Score {
    const { tf, network, data, judge } = this;
    const { encodings = new Map() } = this.settings;
    return withCompressedWeights(tf, network, encodings, () => scoreModel(tf, network, data, indices, judge));
  }

  latency(batchSize: number, runs: number): Latency {
    return measureLatency(this.tf, this.network, this.data.exampleShape, batchSize, runs);
  }

  readWeights(): Map<string, Float32Array> {
    return valuesByName(this.network.read());
  }

  writeWeights(weights: ReadonlyMap<string, Float32Array>): void {
    for (const [name, values] of weights) this.network.write(name, values);
  }

  readSlots(): Map<string, Float32Array[]> {
    return new Map([...this.slots].map(([name, own]) => [name, own.map((slot) => Float32Array.from(slot.dataSync()))]));
  }

  writeSlots(slots: SlotValues): void {
    for (const [name, own] of this.slots) {
      own.forEach((slot, i) => {
        const values = slots.get(name)?.[i];
        this.tf.tidy(() =>
          slot.assign(values === undefined ? this.tf.zerosLike(slot) : this.tf.tensor(values, slot.shape)),
        );
      });
    }
  }

  mask(masks: ReadonlyMap<string, Uint8Array>): void {
    this.tf.dispose([...this.masks.values()]);
    const shapeOf = (name: string): number[] => (this.network.variables.get(name) as Variable).shape;
    this.masks = new Map(
      [...masks].map(([name, values]) => [name, this.tf.tensor(Float32Array.from(values), shapeOf(name), 'float32')]),
    );
    this.tf.tidy(() => {
      for (const [name, mask] of this.masks) {
        const masked = [this.network.variables.get(name), ...(this.slots.get(name) ?? [])];
        for (const variable of masked) variable?.assign(variable.mul(mask));
      }
    });
  }

  dispose(): void {
    disposeSlots(this.slots);
    this.tf.dispose([...this.masks.values()]);
    this.network.dispose();
    this.objective.distillation?.teacher.dispose();
  }
}
