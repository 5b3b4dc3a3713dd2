import { sizeOf } from '../../../models/named-tensor.js';
import type { NativeBackend, NativeValues } from '../../../network/native/backend.js';
import type { GraphVariable } from '../graph/graph.js';
import { addVariable, feedNode, getNode, setNode } from '../graph/variables.js';
import type { GraphOptimizer } from '../optimizers/index.js';
import { GraphSession, type HostTensor } from '../runner/session.js';
import type { AddOperation } from '../tracer/replay.js';
import type { Trace } from '../tracer/trace.js';
import { addBatchFunction, type BatchFunction, type FunctionParts } from './batch-function.js';
import { type Column, storedValues } from './columns.js';
import { Layout } from './layout.js';
import { addMasking, MASKING } from './masking.js';
import { addTrainingLoop, MOST_STEPS_A_CALL, type TrainingLoop } from './training-loop.js';

/** Where the examples of a call come from: places in the resident data, or the values themselves, one array a column. */
export type Batches = { readonly indices: Int32Array } | { readonly values: readonly NativeValues[] };

/** What a program is made of. Traces have as inputs one batch a column, the seed [2], and the masks in their order. */
export interface ProgramParts {
  readonly backend: NativeBackend;
  readonly weights: ReadonlyMap<string, { readonly shape: readonly number[] }>;
  readonly columns: readonly Column[];
  /** Examples of the resident data; null where batches are fed. */
  readonly rows: number | null;
  readonly training: {
    readonly trainable: readonly string[];
    readonly masked: readonly string[];
    readonly slotCount: number;
    readonly optimizer: GraphOptimizer;
    readonly numbers: number;
    /** Loss and gradients, by batch size. */
    readonly traces: ReadonlyMap<number, Trace>;
    readonly addOperation?: AddOperation | undefined;
  } | null;
  readonly functions: readonly FunctionParts[];
}

/** Resident bytes of a loaded program beside its variables for each node of its graph: 6 to 10 kB, by those of the zoo. */
const BYTES_OF_NODE = 8192;

const NO_LOSSES: [string, HostTensor] = [
  'losses',
  { dtype: 'float32', shape: [MOST_STEPS_A_CALL], values: new Float32Array(MOST_STEPS_A_CALL) },
];

/** What is left of a layout once its graph is loaded: the nodes themselves would be megabytes. */
interface ProgramState extends Pick<Layout, 'weights' | 'slots' | 'masks' | 'resident' | 'columns'> {
  readonly graphBytes: number;
}

/** A compiled model in TensorFlow: weights, slots, masks and data, loops of optimizer steps, and functions of a batch. Dispose it. */
export class Program {
  private constructor(
    private readonly session: GraphSession,
    private readonly state: ProgramState,
    private readonly loops: ReadonlyMap<number, TrainingLoop>,
    private readonly functions: ReadonlyMap<string, BatchFunction>,
    private readonly numbers: number,
  ) {}

  /**
   * Builds the graph and loads it. Its variables have no values yet.
   * @throws EagerOnly where the traces can't be a graph
   */
  static load({ backend, weights, columns, rows, training, functions }: ProgramParts): Program {
    const layout = new Layout(backend.binding, columns);
    for (const [name, { shape }] of weights) layout.addWeight(name, shape);
    if (rows !== null) layout.addResident(rows);
    const loops = new Map<number, TrainingLoop>();
    if (training !== null) {
      for (const name of training.trainable) layout.addSlots(name, training.slotCount);
      for (const name of training.masked) layout.addMask(name);
      addMasking(layout);
      const losses = addVariable(layout.graph, 'losses', 'float32', [MOST_STEPS_A_CALL]);
      for (const [batchSize, trace] of training.traces)
        loops.set(batchSize, addTrainingLoop(layout, { ...training, batchSize, trace, losses }));
    }
    const built = functions.map((each) => addBatchFunction(layout, each));
    const session = GraphSession.load(backend, layout.graph.nodes);
    const { weights: own, slots, masks, resident } = layout;
    const graphBytes = layout.graph.nodes.length * BYTES_OF_NODE;
    const program = new Program(
      session,
      { weights: own, slots, masks, resident, columns, graphBytes },
      loops,
      new Map(built.map((each) => [each.name, each])),
      training?.numbers ?? 0,
    );
    if (training !== null) program.set(new Map([NO_LOSSES]));
    return program;
  }

  /** Bytes that it takes: those of the variables (weights, slots, masks, resident data), and about those of the loaded graph. */
  get bytes(): number {
    const { weights, slots, masks, resident, graphBytes } = this.state;
    const all = [...weights.values(), ...[...slots.values()].flat(), ...masks.values(), ...resident];
    return bytesOf(all) + graphBytes;
  }

  /** Bytes of the resident data. */
  get residentBytes(): number {
    return bytesOf(this.state.resident);
  }

  /** Puts the data set into the session, one array a column. */
  writeColumns(columns: readonly NativeValues[]): void {
    const rows = this.state.resident[0]?.shape[0] ?? 0;
    const stored = this.state.columns.map((column, i) =>
      storedValues(column, [rows], columns[i] ?? new Float32Array()),
    );
    this.set(new Map(stored.map((tensor, i) => [(this.state.resident[i] as GraphVariable).handle, tensor])));
  }

  /** Overwrites weights. */
  writeWeights(weights: ReadonlyMap<string, Float32Array>): void {
    this.set(new Map([...weights].map(([name, values]) => feed(this.weight(name), values))));
  }

  /** Overwrites all optimizer slots; those of weights that are not named become zero. */
  writeSlots(slots: ReadonlyMap<string, readonly Float32Array[]>): void {
    const entries = [...this.state.slots].flatMap(([name, own]) =>
      own.map((slot, i) => feed(slot, slots.get(name)?.[i] ?? new Float32Array(sizeOf(slot.shape)))),
    );
    this.set(new Map(entries));
  }

  /** Overwrites all masks, 0/1; those of weights that are not named become one. */
  writeMasks(masks: ReadonlyMap<string, Uint8Array>): void {
    const entries = [...this.state.masks].map(([name, mask]) => {
      const own = masks.get(name);
      return feed(mask, own === undefined ? new Float32Array(sizeOf(mask.shape)).fill(1) : Float32Array.from(own));
    });
    this.set(new Map(entries));
  }

  /** Multiplies masked weights and their slots by the masks. */
  applyMasks(): void {
    if (this.state.masks.size > 0) this.session.run(new Map(), [MASKING]);
  }

  /** Copies of all weights, by name. */
  readWeights(): Map<string, Float32Array> {
    const names = [...this.state.weights.keys()];
    const values = this.get([...this.state.weights.values()]);
    return new Map(names.map((name, i) => [name, values[i] as Float32Array]));
  }

  /** Copies of all optimizer slots, by weight. */
  readSlots(): Map<string, Float32Array[]> {
    const values = this.get([...this.state.slots.values()].flat());
    let at = 0;
    return new Map([...this.state.slots].map(([name, own]) => [name, own.map(() => values[at++] as Float32Array)]));
  }

  /**
   * Takes optimizer steps, one after another, on batches of one size.
   * @param seeds - int32 [steps, 2]
   * @param numbers - the optimizer's numbers [steps, numbers]
   * @returns the loss of each step before its update
   */
  train(batchSize: number, batches: Batches, seeds: Int32Array, numbers: Float32Array): Float32Array {
    const loop = this.loops.get(batchSize);
    const steps = seeds.length / 2;
    if (loop === undefined || steps > MOST_STEPS_A_CALL) throw new Error(`no loop of ${steps} steps of ${batchSize}`);
    const feeds = this.feedsOf(loop.name, [steps, batchSize], batches);
    feeds.set(`${loop.name}/seeds`, { dtype: 'int32', shape: [steps, 2], values: seeds });
    feeds.set(`${loop.name}/numbers`, { dtype: 'float32', shape: [steps, this.numbers], values: numbers });
    const [losses] = this.session.run(feeds, [loop.losses]);
    return (losses as Float32Array).slice(0, steps);
  }

  /** Whether there is a function of this name. */
  has(name: string): boolean {
    return this.functions.has(name);
  }

  /** Outputs of a function of one batch, and the new values of the weights that it would change. */
  call(
    name: string,
    batches: Batches,
    seed: Int32Array,
  ): { outputs: NativeValues[]; changes: Map<string, NativeValues> } {
    const own = this.functions.get(name);
    if (own === undefined) throw new Error(`the program has no function ${name}`);
    const feeds = this.feedsOf(name, [own.batchSize], batches);
    feeds.set(`${name}/seed`, { dtype: 'int32', shape: [2], values: seed });
    const values = this.session.run(feeds, [...own.outputs, ...own.changes.values()]);
    const changes = [...own.changes.keys()].map((weight, i): [string, NativeValues] => [
      weight,
      values[own.outputs.length + i] as NativeValues,
    ]);
    return { outputs: values.slice(0, own.outputs.length), changes: new Map(changes) };
  }

  /** Frees the graph with all that is in it. */
  dispose(): void {
    this.session.dispose();
  }

  private weight(name: string): GraphVariable {
    const known = this.state.weights.get(name);
    if (known === undefined) throw new Error(`the program has no weight ${name}`);
    return known;
  }

  private feedsOf(name: string, leading: readonly number[], batches: Batches): Map<string, HostTensor> {
    if ('indices' in batches)
      return new Map([[`${name}/indices`, { dtype: 'int32', shape: leading, values: batches.indices }]]);
    return new Map(
      this.state.columns.map((column, i) => [
        `${name}/column_${i}`,
        storedValues(column, leading, batches.values[i] as NativeValues),
      ]),
    );
  }

  private set(values: ReadonlyMap<string, HostTensor>): void {
    if (values.size === 0) return;
    const feeds = new Map([...values].map(([name, tensor]) => [feedNode(name), tensor]));
    this.session.run(feeds, [...values.keys()].map(setNode));
  }

  private get(variables: readonly GraphVariable[]): NativeValues[] {
    if (variables.length === 0) return [];
    return this.session.run(
      new Map(),
      variables.map(({ handle }) => getNode(handle)),
    );
  }
}

function feed({ handle, dtype, shape }: GraphVariable, values: NativeValues): [string, HostTensor] {
  return [handle, { dtype, shape, values }];
}

function bytesOf(variables: readonly GraphVariable[]): number {
  return variables.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * (dtype === 'uint8' ? 1 : 4), 0);
}
