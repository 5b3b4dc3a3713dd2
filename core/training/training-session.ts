import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { NamedTensor } from '../models/named-tensor.js';
import type { Topology } from '../models/topology.js';
import { Network } from '../network/network.js';
import type { Tf } from '../network/tensorflow.js';
import type { Optimizer } from './optimizers/index.js';
import type { Checkpoint, ModelState } from './stage-state.js';
import { createSlots, disposeSlots, type Slots, trainStep } from './train-step.js';

/** What of a state is not in the network's variables. */
type Pruned = Pick<ModelState, 'keptUnits' | 'floorHit' | 'surgeryDifference'>;

/** A physically smaller version of a session's model, with its optimizer slots cut in the same way. */
export interface SmallerModel {
  readonly topology: Topology;
  readonly weights: readonly NamedTensor[];
  readonly slots: Checkpoint['slots'];
  readonly masks: ReadonlyMap<string, Uint8Array>;
  readonly pruned: Pruned;
}

/** A model in training: the network, optimizer slots and masks on the device. It owns them; dispose it. */
export class TrainingSession {
  private maskTensors = new Map<string, Tensor>();

  private constructor(
    readonly tf: Tf,
    private readonly optimizer: Optimizer,
    private current: Network,
    private slots: Slots,
    private maskValues: ReadonlyMap<string, Uint8Array>,
    private pruned: Pruned,
    /** Optimizer steps taken in this stage. */
    public step: number,
  ) {
    this.uploadMasks();
  }

  /** A fresh stage on a parent's state: slots are zero and masks hold. */
  static start(tf: Tf, state: ModelState, optimizer: Optimizer): Promise<TrainingSession> {
    return TrainingSession.resume(tf, { state, slots: new Map(), step: 0 }, optimizer);
  }

  /** A stage going on from a checkpoint exactly where it was. */
  static async resume(
    tf: Tf,
    { state, slots, step }: Omit<Checkpoint, 'log'>,
    optimizer: Optimizer,
  ): Promise<TrainingSession> {
    const network = await Network.build(tf, state.topology, state.weights);
    const session = new TrainingSession(
      tf,
      optimizer,
      network,
      createSlots(tf, network, optimizer),
      state.masks,
      prunedOf(state),
      step,
    );
    session.writeSlots(slots);
    return session;
  }

  get network(): Network {
    return this.current;
  }

  /** One optimizer step; returns the loss of the batch before it. */
  trainOn(batch: { readonly x: Tensor; readonly y: Tensor }, seed: number): number {
    this.network.seedRandomLayers(seed, this.step);
    const loss = trainStep(this.tf, this.network, this.optimizer, this.slots, this.maskTensors, batch, this.step);
    this.step += 1;
    return loss;
  }

  /** Puts new masks on the weights and on their slots. */
  setMasks(masks: ReadonlyMap<string, Uint8Array>, floorHit: readonly string[]): void {
    this.maskValues = masks;
    this.pruned = { ...this.pruned, floorHit };
    this.uploadMasks();
    this.tf.tidy(() => {
      for (const [name, mask] of this.maskTensors) {
        const masked = [this.network.variables.get(name), ...(this.slots.get(name) ?? [])];
        for (const variable of masked) variable?.assign(variable.mul(mask));
      }
    });
  }

  /** Goes on with a smaller model in place of the present one. */
  async shrinkTo({ topology, weights, slots, masks, pruned }: SmallerModel): Promise<void> {
    const smaller = await Network.build(this.tf, topology, weights);
    disposeSlots(this.slots);
    this.current.dispose();
    this.current = smaller;
    this.slots = createSlots(this.tf, smaller, this.optimizer);
    this.writeSlots(slots);
    this.maskValues = masks;
    this.pruned = pruned;
    this.uploadMasks();
  }

  /** A copy of the model as data. */
  state(): ModelState {
    return { topology: this.network.topology, weights: this.network.read(), masks: this.maskValues, ...this.pruned };
  }

  /** A copy of the optimizer slots as data. */
  readSlots(): Map<string, Float32Array[]> {
    return new Map([...this.slots].map(([name, own]) => [name, own.map((slot) => Float32Array.from(slot.dataSync()))]));
  }

  dispose(): void {
    disposeSlots(this.slots);
    for (const mask of this.maskTensors.values()) mask.dispose();
    this.current.dispose();
  }

  private writeSlots(slots: Checkpoint['slots']): void {
    for (const [name, own] of slots) {
      own.forEach((values, i) => {
        const slot = this.slots.get(name)?.[i];
        if (slot !== undefined) this.tf.tidy(() => slot.assign(this.tf.tensor(values, slot.shape)));
      });
    }
  }

  private uploadMasks(): void {
    for (const mask of this.maskTensors.values()) mask.dispose();
    this.maskTensors = new Map(
      [...this.maskValues].map(([name, values]) => {
        const variable = this.network.variables.get(name) as Variable;
        return [name, this.tf.tensor(Float32Array.from(values), variable.shape, 'float32')];
      }),
    );
  }
}

function prunedOf({ keptUnits, floorHit, surgeryDifference }: ModelState): Pruned {
  return { keptUnits, floorHit, surgeryDifference };
}
