import { type Attribute, type ConstantValues, DataType, type GraphNode, type Ref, type ValueType } from './node.js';

type Attributes = Readonly<Record<string, Attribute>>;

/** What a node is given beside operation, inputs and attributes. */
export interface NodeOptions {
  /** A name to feed or fetch it by; without one it gets a number. */
  readonly name?: string;
  /** Nodes that run before it. */
  readonly after?: readonly Ref[];
}

/** A resource variable in a graph, with the nodes that set and read it from outside. */
export interface GraphVariable {
  readonly handle: Ref;
  readonly dtype: ValueType;
  readonly shape: readonly number[];
}

/** A TensorFlow graph in the making: a list of nodes, each after those that it needs (the back edges of loops excepted). */
export class Graph {
  private readonly list: GraphNode[] = [];
  private readonly names = new Set<string>();

  get nodes(): readonly GraphNode[] {
    return this.list;
  }

  /**
   * Adds a node and returns its first output.
   * @throws Error where the name is taken
   */
  add(op: string, inputs: readonly Ref[], attributes: Attributes = {}, { name, after = [] }: NodeOptions = {}): Ref {
    const own = name ?? `${op}_${this.list.length}`;
    if (this.names.has(own)) throw new Error(`two nodes are called ${own}`);
    this.names.add(own);
    this.list.push({ name: own, op, inputs: [...inputs, ...new Set(after.map(controlOf))], attributes });
    return own;
  }
}

/** A place in a graph where nodes are added: its top, or the body of a loop. */
export class Scope {
  private readonly constants = new Map<string, Ref>();
  private readonly constantRefs = new Set<Ref>();

  constructor(
    readonly graph: Graph,
    /** Runs once for each pass through this place; nodes without inputs wait for it. */
    private readonly pivot: Ref | null = null,
    private readonly enter: (outer: Ref, dtype: number) => Ref = (outer) => outer,
  ) {}

  /** Adds a node here. */
  add(op: string, inputs: readonly Ref[], attributes: Attributes = {}, options: NodeOptions = {}): Ref {
    const waits = this.pivot !== null && inputs.length === 0;
    const after = [...(options.after ?? []), ...(waits ? [this.pivot as Ref] : [])];
    return this.graph.add(op, inputs, attributes, { ...options, after });
  }

  /** A tensor of the graph's top as seen from here. */
  capture(outer: Ref, dtype: ValueType | 'resource'): Ref {
    return this.enter(outer, DataType[dtype]);
  }

  /** A constant; small equal ones are one node. */
  constant(dtype: ValueType, shape: readonly number[], values: ConstantValues): Ref {
    const key = constantKey(dtype, shape, values);
    const known = key === null ? undefined : this.constants.get(key);
    if (known !== undefined) return known;
    const type = DataType[dtype];
    const ref = this.add('Const', [], { dtype: { type }, value: { tensor: { dtype: type, shape, values } } });
    if (key !== null) this.constants.set(key, ref);
    this.constantRefs.add(ref);
    return ref;
  }

  /** The same float32 values as `ref`, but nothing that TensorFlow's optimizer recognizes. */
  hidden(ref: Ref): Ref {
    const key = `hidden ${ref}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const attributes = { dtype: { type: DataType.float32 }, shape: { shape: null } };
    const own = this.add('PlaceholderWithDefault', [ref], attributes);
    this.constants.set(key, own);
    return own;
  }

  /** Notes that a node is computed from constants alone. */
  markConstant(ref: Ref): void {
    this.constantRefs.add(ref);
  }

  /** Whether this is a constant that was added here, or marked as one. */
  isConstant(ref: Ref): boolean {
    return this.constantRefs.has(ref);
  }

  /** A float32 scalar. */
  scalar(value: number): Ref {
    return this.constant('float32', [], { uniform: value });
  }

  /** An int32 scalar. */
  index(value: number): Ref {
    return this.constant('int32', [], { uniform: value });
  }

  /** An int32 vector. */
  indices(values: readonly number[]): Ref {
    return this.constant('int32', [values.length], { all: Int32Array.from(values) });
  }

  /** The variable's value once all of `after` has run. */
  read({ handle, dtype }: GraphVariable, after: readonly Ref[] = []): Ref {
    const waits = this.pivot === null ? after : [...after, this.pivot];
    return this.add(
      'ReadVariableOp',
      [this.capture(handle, 'resource')],
      { dtype: { type: DataType[dtype] } },
      { after: waits },
    );
  }

  /** Overwrites the variable once all of `after` has run; returns the assignment, to wait for. */
  assign({ handle, dtype }: GraphVariable, value: Ref, after: readonly Ref[] = []): Ref {
    return this.add(
      'AssignVariableOp',
      [this.capture(handle, 'resource'), value],
      { dtype: { type: DataType[dtype] } },
      { after },
    );
  }

  /** A float32 operation of inputs of one type `T`: arithmetic and the like. */
  math(op: string, ...inputs: readonly Ref[]): Ref {
    return this.add(op, inputs, { T: { type: DataType.float32 } });
  }
}

/** The control dependency on a node. */
export function controlOf(ref: Ref): Ref {
  return ref.startsWith('^') ? ref : `^${ref.replace(/:\d+$/, '')}`;
}

/** Elements up to which equal constants are worth finding. */
const SHARED_ELEMENTS = 64;

function constantKey(dtype: ValueType, shape: readonly number[], values: ConstantValues): string | null {
  const about = `${dtype} [${shape.join()}] `;
  if ('uniform' in values) return `${about}${values.uniform}`;
  const { byteLength } = values.all;
  if (byteLength > SHARED_ELEMENTS * 4) return null;
  return about + Buffer.from(values.all.buffer, values.all.byteOffset, byteLength).toString('base64');
}
