import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSavedModel, SAVED_MODEL_TAG } from '../../../../../core/training/compiled/encoder/saved-model.js';
import { SavedModelMessage } from '../../../../../core/training/compiled/encoder/schema.js';
import { type Attribute, DataType, type GraphNode } from '../../../../../core/training/compiled/graph/node.js';

interface Shape {
  readonly dim?: readonly { readonly size?: string }[];
  readonly unknown_rank?: boolean;
}
interface Decoded {
  readonly meta_graphs: readonly {
    readonly meta_info_def: { readonly tags: readonly string[]; readonly tensorflow_version: string };
    readonly graph_def: {
      readonly node: readonly {
        readonly name: string;
        readonly op: string;
        readonly input?: readonly string[];
        readonly attr?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      }[];
      readonly versions: { readonly producer: number };
    };
  }[];
}

/** What another reader makes of the bytes. */
function decode(bytes: Uint8Array): Decoded {
  return SavedModelMessage.toObject(SavedModelMessage.decode(bytes), { longs: String, bytes: Buffer }) as Decoded;
}

/** A decoded attribute as what it was encoded from. */
function attributeOf(value: Readonly<Record<string, unknown>>): Attribute {
  const { list, s, i, f, b, type, shape, tensor } = value as {
    readonly list?: { readonly i?: readonly string[]; readonly f?: readonly number[] };
    readonly s?: Buffer;
    readonly i?: string;
    readonly f?: number;
    readonly b?: boolean;
    readonly type?: number;
    readonly shape?: Shape;
    readonly tensor?: {
      readonly dtype: number;
      readonly tensor_shape: Shape;
      readonly tensor_content?: Buffer;
      readonly float_val?: readonly number[];
      readonly int_val?: readonly number[];
      readonly bool_val?: readonly boolean[];
    };
  };
  if (list?.f !== undefined) return { float: list.f };
  if (list !== undefined) return { int: (list.i ?? []).map(Number) };
  if (s !== undefined) return { text: s.toString() };
  if (i !== undefined) return { int: Number(i) };
  if (f !== undefined) return { float: f };
  if (b !== undefined) return { bool: b };
  if (type !== undefined) return { type };
  if (shape !== undefined) return { shape: shapeOf(shape) };
  const { dtype = 0, tensor_shape = {}, tensor_content, float_val, int_val, bool_val } = tensor ?? {};
  const [uniform] = float_val ?? int_val ?? bool_val?.map(Number) ?? [];
  const values =
    tensor_content === undefined ? { uniform: uniform ?? Number.NaN } : { all: Uint8Array.from(tensor_content) };
  return { tensor: { dtype, shape: shapeOf(tensor_shape) ?? [], values } };
}

function shapeOf({ dim = [], unknown_rank }: Shape): number[] | null {
  return unknown_rank === true ? null : dim.map(({ size: own }) => Number(own ?? 0));
}

const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const real = fc.float({ noNaN: true });
const size = fc.integer({ min: -1, max: 1000 });
const text = fc.string({ unit: 'grapheme' });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc.record({ type: fc.constantFrom(...Object.values(DataType)) }),
  fc.record({ int: fc.oneof(integer, fc.array(integer, { minLength: 1 })) }),
  fc.record({ float: fc.oneof(real, fc.array(real, { minLength: 1 })) }),
  fc.record({ bool: fc.boolean() }),
  fc.record({ text }),
  fc.record({ shape: fc.option(fc.array(size)) }),
  fc
    .oneof(
      fc.record({ dtype: fc.constant(DataType.float32), values: fc.record({ uniform: real }) }),
      fc.record({ dtype: fc.constant(DataType.int32), values: fc.record({ uniform: integer }) }),
      fc.record({ dtype: fc.constant(DataType.bool), values: fc.record({ uniform: fc.constantFrom(0, 1) }) }),
      fc.record({ dtype: fc.constantFrom(...Object.values(DataType)), values: fc.record({ all: bytes }) }),
    )
    .chain((own) => fc.array(size).map((shape) => ({ tensor: { ...own, shape } }))),
);
const nodes: fc.Arbitrary<GraphNode[]> = fc.array(
  fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1 }),
    op: fc.string({ minLength: 1 }),
    inputs: fc.array(text),
    attributes: fc.dictionary(fc.stringMatching(/^[a-zA-Z_]{1,12}$/), attribute, { noNullPrototype: true }),
  }),
  { maxLength: 8 },
);

describe('the encoder of a SavedModel', () => {
  it('given any nodes, when the bytes are decoded, then they are the nodes again', () => {
    fc.assert(
      fc.property(nodes, (graph) => {
        const [meta] = decode(encodeSavedModel(graph, '2.18.0')).meta_graphs;
        const found = (meta?.graph_def.node ?? []).map(({ name, op, input = [], attr = {} }) => ({
          name,
          op,
          inputs: input,
          attributes: Object.fromEntries(Object.entries(attr).map(([key, value]) => [key, attributeOf(value)])),
        }));
        expect(found).toEqual(graph);
      }),
    );
  });

  it('given a part of a bigger array as values, then that part alone is encoded', () => {
    const all = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const value: Attribute = { tensor: { dtype: DataType.float32, shape: [2], values: { all } } };
    const [meta] = decode(
      encodeSavedModel([{ name: 'c', op: 'Const', inputs: [], attributes: { value } }], '2'),
    ).meta_graphs;
    expect(attributeOf(meta?.graph_def.node[0]?.attr?.['value'] ?? {})).toEqual({
      tensor: { dtype: DataType.float32, shape: [2], values: { all: new Uint8Array(Float32Array.of(2, 3).buffer) } },
    });
  });

  it('given a graph, then it is tagged, and says what TensorFlow and which graph version it is for', () => {
    const { meta_graphs } = decode(encodeSavedModel([{ name: 'n', op: 'NoOp', inputs: [], attributes: {} }], '2.18.0'));
    expect(meta_graphs).toHaveLength(1);
    expect(meta_graphs[0]?.meta_info_def).toEqual({ tags: [SAVED_MODEL_TAG], tensorflow_version: '2.18.0' });
    expect(meta_graphs[0]?.graph_def.versions.producer).toBeGreaterThan(1000);
  });
});
