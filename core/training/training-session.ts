import { positiveZeros } from '../compression/model.js';
import { type NamedTensor, valuesByName } from '../models/named-tensor.js';
import type { Topology } from '../models/topology.js';
import type { Latency, Score } from '../sweep/observation.js';
import { recompressedState } from './compression/compress-state.js';
import type { CompressionFacts } from './compression/compression-facts.js';
import type { DataKept, Engine } from './engines/engine.js';
import { type EngineSettings, openEngine } from './engines/open-engine.js';
import { type Checkpoint, factsOf, type ModelState, type PruningFacts } from './stage-state.js';

/** A physically smaller version of a session's model, with its optimizer slots cut in the same way. */
export interface SmallerModel {
  readonly topology: Topology;
  readonly weights: readonly NamedTensor[];
  readonly slots: Checkpoint['slots'];
  readonly masks: ReadonlyMap<string, Uint8Array>;
  readonly pruned: PruningFacts;
}

/** A model in training: its engine, masks, and what pruning has done to it. Dispose it. */
export class TrainingSession {
  /** What the model as it is scored on some examples; empty after each change of it. */
  private readonly scores = new Map<Int32Array, Score>();

  private constructor(
    readonly settings: EngineSettings,
    private engine: Engine,
    /** Why some part of the stage doesn't run compiled; null where all of it does. */
    public eagerBecause: string | null,
    private model: { readonly topology: Topology; readonly shapes: ReadonlyMap<string, readonly number[]> },
    private masks: ReadonlyMap<string, Uint8Array>,
    private pruned: PruningFacts,
    private compression: CompressionFacts | null,
    /** Optimizer steps taken in this stage. */
    public step: number,
  ) {}

  /** A fresh stage on a parent's state: slots are zero and masks hold. */
  static start(state: ModelState, settings: EngineSettings): Promise<TrainingSession> {
    return TrainingSession.resume({ state, slots: new Map(), step: 0 }, settings);
  }

  /** A stage going on from a checkpoint exactly where it was. */
  static async resume(
    { state, slots, step }: Pick<Checkpoint, 'state' | 'slots' | 'step'>,
    settings: EngineSettings,
  ): Promise<TrainingSession> {
    const engine = await openEngine(state.topology, state.weights, settings, { slots, masks: state.masks });
    return new TrainingSession(
      settings,
      engine,
      engine.eagerBecause,
      modelOf(state),
      state.masks,
      factsOf(state),
      state.compression ?? null,
      step,
    );
  }

  get topology(): Topology {
    return this.model.topology;
  }

  /** Whether its data are resident or streamed. */
  get dataKept(): DataKept {
    return this.engine.dataKept;
  }

  /** Steps that one call of `trainOn` should take. */
  get stepsPerCall(): number {
    return this.engine.stepsPerCall;
  }

  /** Optimizer steps on batches of example indices; returns the loss of each batch before its step. `upcoming` are those that are likely to be next. */
  trainOn(batches: readonly Int32Array[], seed: number, upcoming: readonly Int32Array[] = []): number[] {
    this.scores.clear();
    const losses = this.engine.train(batches, seed, this.step, upcoming);
    this.step += batches.length;
    return losses;
  }

  /** The task's metrics and the mean loss on the examples at `indices`; asked again for the same ones before the model changes, it computes nothing. */
  score(indices: Int32Array): Score {
    const score = this.scores.get(indices) ?? this.engine.score(indices);
    this.scores.set(indices, score);
    return score;
  }

  /** Time of a forward pass. */
  latency(batchSize: number, runs: number): Latency {
    return this.engine.latency(batchSize, runs);
  }

  /** Overwrites weights by name. */
  writeWeights(weights: ReadonlyMap<string, Float32Array>): void {
    this.scores.clear();
    this.engine.writeWeights(weights);
  }

  /** Puts new masks on the weights and on their slots. */
  setMasks(masks: ReadonlyMap<string, Uint8Array>, floorHit: readonly string[]): void {
    this.scores.clear();
    this.masks = masks;
    this.pruned = { ...this.pruned, floorHit };
    this.engine.mask(masks);
  }

  /** Puts weights and masks back to what they were; the shapes are those of then. */
  restore({ weights, masks }: Pick<ModelState, 'weights' | 'masks'>): void {
    this.writeWeights(valuesByName(weights));
    this.setMasks(masks, this.pruned.floorHit);
  }

  /** Goes on with a smaller model in place of the present one. */
  async shrinkTo({ topology, weights, slots, masks, pruned }: SmallerModel): Promise<void> {
    const engine = await openEngine(topology, weights, this.settings, { slots, masks });
    this.scores.clear();
    this.eagerBecause ??= engine.eagerBecause;
    this.engine.dispose();
    this.engine = engine;
    this.model = modelOf({ topology, weights });
    this.masks = masks;
    this.pruned = pruned;
  }

  /** Goes on with the model as it runs: its weights are exactly what their encodings stand for, and are trained no more. */
  async settle(): Promise<void> {
    const { encodings, ...settings } = this.settings;
    if (encodings === undefined) return;
    const { topology, weights, masks, compression } = recompressedState(this.state());
    const engine = await openEngine(topology, weights, settings, { slots: new Map(), masks });
    this.scores.clear();
    this.eagerBecause ??= engine.eagerBecause;
    this.engine.dispose();
    this.engine = engine;
    this.compression = compression ?? null;
  }

  /** A copy of the model as data. Its zeros are +0: masks leave −0 of negative weights, a value like any other in a file. */
  state(): ModelState {
    const values = this.engine.readWeights();
    const weights = [...this.model.shapes].map(([name, shape]) => ({
      name,
      shape,
      values: values.get(name) ?? new Float32Array(),
    }));
    return {
      ...{ topology: this.topology, weights: positiveZeros(weights), masks: this.masks, ...this.pruned },
      ...(this.compression === null ? {} : { compression: this.compression }),
    };
  }

  /** A copy of the optimizer slots as data. */
  readSlots(): Map<string, Float32Array[]> {
    return this.engine.readSlots();
  }

  dispose(): void {
    this.engine.dispose();
  }
}

function modelOf({ topology, weights }: Pick<ModelState, 'topology' | 'weights'>): TrainingSession['model'] {
  return { topology, shapes: new Map(weights.map(({ name, shape }) => [name, shape])) };
}
