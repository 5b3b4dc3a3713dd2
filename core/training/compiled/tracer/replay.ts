import type { NativeAttribute, NativeBinding } from '../../../network/native/backend.js';
import { EagerOnly } from '../eager-only.js';
import type { Scope } from '../graph/graph.js';
import { type Attribute, DataType, type Ref, type ValueType } from '../graph/node.js';
import type { Recording } from './recording.js';

/** Operations that TensorFlow's graph executor runs by another kernel than eager, which gives something else. */
const OTHERWISE: Readonly<Record<string, string>> = {
  MaxPool3DGrad: 'the gradient of MaxPooling3D goes to another one of equal values',
};

/** Adds the nodes of one operation; the precision pass puts its casts around some. */
export type AddOperation = (
  scope: Scope,
  op: string,
  inputs: readonly Ref[],
  attributes: Readonly<Record<string, Attribute>>,
) => Ref;

/**
 * Adds it unchanged. TensorFlow's graph optimizer makes a product of a division by a constant, and has oneDNN sum up the gradient of a bias
 * with that of the filter, which rounds differently from what ran eagerly; what it would go by is hidden from it.
 */
export const addAsItIs: AddOperation = (scope, op, inputs, attributes) => {
  const [dividend, divisor] = inputs;
  if (op === 'RealDiv' && dividend !== undefined && divisor !== undefined && scope.isConstant(divisor))
    return scope.add(op, [dividend, scope.hidden(divisor)], attributes);
  if (op === 'BiasAddGrad')
    return scope.add(
      op,
      inputs.map((ref) => scope.hidden(ref)),
      attributes,
    );
  const added = scope.add(op, inputs, attributes);
  if (inputs.length > 0 && inputs.every((ref) => scope.isConstant(ref))) scope.markConstant(added);
  return added;
};

/**
 * Adds what a recording did to a graph, as far as `wanted` needs it.
 * @param bound - refs of the tensors that stand for the graph's inputs, by handle; the refs of all others are added to it
 * @param outside - gives the ref of a tensor that was there before the recording and is not bound
 * @throws EagerOnly where the recording can't be a graph
 */
export function replay(
  scope: Scope,
  binding: NativeBinding,
  recording: Recording,
  bound: Map<number, Ref>,
  wanted: readonly number[],
  outside: (id: number) => Ref,
  addOperation: AddOperation,
): void {
  const needed = neededEvents(recording, bound, wanted);
  const refOf = (id: number): Ref => {
    const known = bound.get(id) ?? outside(id);
    bound.set(id, known);
    return known;
  };
  for (const event of recording.events) {
    if (!needed.has(event)) continue;
    if (event.kind === 'upload') {
      bound.set(event.output, scope.constant(valueType(event.dtype), event.shape, event.values));
      continue;
    }
    const otherwise = OTHERWISE[event.name];
    if (otherwise !== undefined) throw new EagerOnly(`in a graph ${otherwise}`);
    const attributes = Object.fromEntries(event.attributes.map((each) => [each.name, attributeOf(binding, each)]));
    const first = addOperation(scope, event.name, event.inputs.map(refOf), attributes);
    event.outputs.forEach((id, i) => {
      bound.set(id, i === 0 ? first : `${first}:${i}`);
    });
  }
  wanted.forEach(refOf);
}

function neededEvents(
  { events }: Recording,
  bound: ReadonlyMap<number, Ref>,
  wanted: readonly number[],
): ReadonlySet<Recording['events'][number]> {
  const needed = new Set<Recording['events'][number]>();
  const ids = new Set(wanted);
  for (const event of [...events].reverse()) {
    const outputs = event.kind === 'upload' ? [event.output] : event.outputs;
    if (!outputs.some((id) => ids.has(id) && !bound.has(id))) continue;
    needed.add(event);
    if (event.kind === 'operation') for (const id of event.inputs) ids.add(id);
  }
  return needed;
}

/** The type of values in TensorFlow's numbers. */
export function valueType(dtype: number): ValueType {
  const types: readonly ValueType[] = ['float32', 'int32', 'uint8', 'bool'];
  const found = types.find((type) => DataType[type] === dtype);
  if (found === undefined) throw new EagerOnly(`a constant has TensorFlow's type ${dtype}`);
  return found;
}

function attributeOf(binding: NativeBinding, { name, type, value }: NativeAttribute): Attribute {
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return { type: value as number };
    case binding.TF_ATTR_INT:
      return { int: value as number | number[] };
    case binding.TF_ATTR_FLOAT:
      return { float: value as number | number[] };
    case binding.TF_ATTR_BOOL:
      return { bool: value as boolean };
    case binding.TF_ATTR_STRING:
      return { text: value as string };
    case binding.TF_ATTR_SHAPE:
      return { shape: value as number[] };
    default:
      throw new EagerOnly(`the attribute ${name} is of a kind that is not known (${type})`);
  }
}
