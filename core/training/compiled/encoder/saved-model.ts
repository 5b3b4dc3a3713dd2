import { type Attribute, type ConstantValues, DataType, type GraphNode } from '../graph/node.js';
import { SavedModelMessage } from './schema.js';

/** Tag under which the one graph is saved. */
export const SAVED_MODEL_TAG = 'serve';
/** TensorFlow's `GraphDef` version: default attribute values and optimizations follow from it. */
const PRODUCER = 2474;

/** A graph as the bytes of TensorFlow's `saved_model.pb`, without variables, signatures or an init operation. */
export function encodeSavedModel(nodes: readonly GraphNode[], tensorFlowVersion: string): Uint8Array {
  return SavedModelMessage.encode({
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { tags: [SAVED_MODEL_TAG], tensorflow_version: tensorFlowVersion },
        graph_def: { node: nodes.map(encodeNode), versions: { producer: PRODUCER } },
      },
    ],
  }).finish();
}

function encodeNode({ name, op, inputs, attributes }: GraphNode): object {
  const attr = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, encodeAttribute(value)]));
  return { name, op, input: inputs, attr };
}

function encodeAttribute(attribute: Attribute): object {
  if ('type' in attribute) return { type: attribute.type };
  if ('int' in attribute)
    return typeof attribute.int === 'number' ? { i: attribute.int } : { list: { i: attribute.int } };
  if ('float' in attribute)
    return typeof attribute.float === 'number' ? { f: attribute.float } : { list: { f: attribute.float } };
  if ('bool' in attribute) return { b: attribute.bool };
  if ('text' in attribute) return { s: Buffer.from(attribute.text) };
  if ('shape' in attribute) return { shape: encodeShape(attribute.shape) };
  const { dtype, shape, values } = attribute.tensor;
  return { tensor: { dtype, tensor_shape: encodeShape(shape), ...encodeValues(dtype, values) } };
}

function encodeShape(shape: readonly number[] | null): object {
  return shape === null ? { unknown_rank: true } : { dim: shape.map((size) => ({ size })) };
}

/** One value stands for all of a uniform tensor: `float_val` with one entry fills the shape. */
function encodeValues(dtype: number, values: ConstantValues): object {
  if ('all' in values) {
    const { buffer, byteOffset, byteLength } = values.all;
    return { tensor_content: new Uint8Array(buffer, byteOffset, byteLength) };
  }
  if (dtype === DataType.float32) return { float_val: [values.uniform] };
  return dtype === DataType.bool ? { bool_val: [values.uniform !== 0] } : { int_val: [values.uniform] };
}
