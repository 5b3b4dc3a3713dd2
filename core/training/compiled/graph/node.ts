/** An output of a node: `name`, `name:1`; with `^` before it, a control dependency on the node. */
export type Ref = string;

/** TensorFlow's `DataType` enum, as far as graphs here use it. */
export const DataType = {
  float32: 1,
  uint8: 4,
  int32: 3,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
} as const;

/** Type of the values that a graph holds or is fed. */
export type ValueType = 'float32' | 'int32' | 'uint8' | 'bool';

/** Values of a constant: all of them, or the one that each of them is. */
export type ConstantValues = { readonly all: ArrayBufferView } | { readonly uniform: number };

/** An attribute of a node, TensorFlow's `AttrValue`. A shape's unknown sizes are −1; `null` is a shape of unknown rank. */
export type Attribute =
  | { readonly type: number }
  | { readonly int: number | readonly number[] }
  | { readonly float: number | readonly number[] }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly shape: readonly number[] | null }
  | { readonly tensor: { readonly dtype: number; readonly shape: readonly number[]; readonly values: ConstantValues } };

/** A node of a graph, TensorFlow's `NodeDef`. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Data inputs in order, then control inputs. */
  readonly inputs: readonly Ref[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}
