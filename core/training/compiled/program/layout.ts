import type { NativeBinding } from '../../../network/native/backend.js';
import { EagerOnly } from '../eager-only.js';
import { Graph, type GraphVariable, Scope } from '../graph/graph.js';
import { DataType, type Ref } from '../graph/node.js';
import { addVariable } from '../graph/variables.js';
import { type AddOperation, addAsItIs, replay } from '../tracer/replay.js';
import type { Trace } from '../tracer/trace.js';
import { type Column, seenByFunctions, storedColumn } from './columns.js';

/** The state of a program: its weights, their optimizer slots and masks, and the resident data. */
export class Layout {
  readonly graph = new Graph();
  readonly top = new Scope(this.graph);
  readonly weights = new Map<string, GraphVariable>();
  readonly slots = new Map<string, readonly GraphVariable[]>();
  readonly masks = new Map<string, GraphVariable>();
  /** The columns as variables [rows, …]; empty where batches are fed. */
  readonly resident: GraphVariable[] = [];

  constructor(
    readonly binding: NativeBinding,
    readonly columns: readonly Column[],
  ) {}

  /** Adds a weight under a node name that any layer's name allows. */
  addWeight(name: string, shape: readonly number[]): void {
    this.weights.set(name, addVariable(this.graph, `weight_${this.weights.size}`, 'float32', shape));
  }

  /** Adds the optimizer slots of a weight. */
  addSlots(name: string, count: number): void {
    const shape = this.weight(name).shape;
    const at = this.slots.size;
    const slots = Array.from({ length: count }, (_, i) => addVariable(this.graph, `slot_${at}_${i}`, 'float32', shape));
    this.slots.set(name, slots);
  }

  /** Adds the mask of a weight. */
  addMask(name: string): void {
    this.masks.set(name, addVariable(this.graph, `mask_${this.masks.size}`, 'float32', this.weight(name).shape));
  }

  /** Adds the columns as resident arrays of `rows` entries. */
  addResident(rows: number): void {
    for (const column of this.columns) {
      const { dtype, exampleShape } = storedColumn(column);
      this.resident.push(addVariable(this.graph, `column_${this.resident.length}`, dtype, [rows, ...exampleShape]));
    }
  }

  weight(name: string): GraphVariable {
    const known = this.weights.get(name);
    if (known === undefined) throw new EagerOnly(`the weight ${name} is not the model's`);
    return known;
  }
}

/** A function as it was traced, and how its operations become nodes; without a way of their own, as they are. */
export interface TracedFunction {
  readonly trace: Trace;
  readonly addOperation?: AddOperation | undefined;
}

/** One run of a traced function in a graph. */
export interface Pass {
  readonly outputs: readonly Ref[];
  readonly changes: ReadonlyMap<string, Ref>;
  /** Reads of the weights, by name. */
  readonly reads: ReadonlyMap<string, Ref>;
}

/**
 * Adds one run of a traced function.
 * @param batch - one ref a column, as it is stored
 * @param rest - refs of the trace's other inputs: the seed and what came after it
 */
export function addPass(
  layout: Layout,
  scope: Scope,
  { trace, addOperation = addAsItIs }: TracedFunction,
  batch: readonly Ref[],
  rest: readonly Ref[],
): Pass {
  const bound = new Map<number, Ref>();
  const reads = new Map<string, Ref>();
  const seen = layout.columns.map((column, i) => seenByFunctions(scope, batch[i] ?? '', column));
  [...seen, ...rest].forEach((ref, i) => {
    const handle = trace.inputs[i];
    if (handle !== undefined) bound.set(handle, ref);
  });
  const weightOf = new Map([...trace.variables].map(([name, handle]) => [handle, name]));
  const wanted = [...trace.outputs, ...trace.changes.values()].map(({ id }) => id);
  replay(
    scope,
    layout.binding,
    trace.recording,
    bound,
    wanted,
    (handle) => {
      const name = weightOf.get(handle);
      if (name === undefined) throw new EagerOnly('it uses a tensor that was made before and is no weight');
      const read = scope.read(layout.weight(name));
      reads.set(name, read);
      return read;
    },
    addOperation,
  );
  const refOf = ({ id }: { readonly id: number }): Ref => bound.get(id) as Ref;
  const changes = new Map([...trace.changes].map(([name, traced]) => [name, refOf(traced)]));
  return { outputs: trace.outputs.map(refOf), changes, reads };
}

/** A placeholder of the graph's top. */
export function addInput({ graph }: Layout, name: string, dtype: keyof typeof DataType, shape: readonly number[]): Ref {
  return graph.add('Placeholder', [], { dtype: { type: DataType[dtype] }, shape: { shape } }, { name });
}
