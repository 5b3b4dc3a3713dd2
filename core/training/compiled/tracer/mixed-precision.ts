import type { Scope } from '../graph/graph.js';
import { type Attribute, DataType, type Ref } from '../graph/node.js';
import { type AddOperation, addAsItIs } from './replay.js';

/** Operations that are worth less precision, with the indices of their float inputs. */
const HALVED: Readonly<Record<string, readonly number[]>> = {
  MatMul: [0, 1],
  BatchMatMulV2: [0, 1],
  Conv2D: [0, 1],
  DepthwiseConv2dNative: [0, 1],
  Conv2DBackpropInput: [1, 2],
  Conv2DBackpropFilter: [0, 2],
  DepthwiseConv2dNativeBackpropInput: [1, 2],
  DepthwiseConv2dNativeBackpropFilter: [0, 2],
};

/** Operations that only hand on or choose values: they work on halved ones where the first float input is halved already. */
const HANDED_ON: Readonly<Record<string, readonly number[]>> = {
  BiasAdd: [0, 1],
  BiasAddGrad: [0],
  Reshape: [0],
  Relu: [0],
  ReluGrad: [0, 1],
  MaxPool: [0],
  MaxPoolGrad: [0, 1, 2],
};

/** What there is in bfloat16, by its float32: what operations gave, and what was cast for one. */
interface Halves {
  readonly results: Map<Ref, Ref>;
  readonly casts: Map<Ref, Ref>;
}

/**
 * Mixed precision: convolutions and matrix products take and give bfloat16, and what only hands their results on does so, too. Everything
 * else stays float32, above all weights, optimizer, sums and batch norm (Micikevicius et al. 2018; bfloat16 needs no loss scaling).
 */
export function mixedPrecision(): AddOperation {
  const scopes = new Map<Scope, Halves>();
  return (scope, op, inputs, attributes) => {
    const { results, casts } = scopes.get(scope) ?? { results: new Map<Ref, Ref>(), casts: new Map<Ref, Ref>() };
    scopes.set(scope, { results, casts });
    const which = HALVED[op] ?? (results.has(inputs[0] ?? '') ? HANDED_ON[op] : undefined);
    if (which === undefined) return addAsItIs(scope, op, inputs, attributes);
    const halved = (ref: Ref): Ref => {
      const own = results.get(ref) ?? casts.get(ref) ?? addCast(scope, ref, DataType.float32, DataType.bfloat16);
      casts.set(ref, own);
      return own;
    };
    const own = inputs.map((ref, i) => (which.includes(i) ? halved(ref) : ref));
    const half: Readonly<Record<string, Attribute>> = { ...attributes, T: { type: DataType.bfloat16 } };
    const result = scope.add(op, own, half);
    // TensorFlow doesn't run it where nobody wants the whole number.
    const whole = addCast(scope, result, DataType.bfloat16, DataType.float32);
    results.set(whole, result);
    return whole;
  };
}

function addCast(scope: Scope, ref: Ref, from: number, to: number): Ref {
  return scope.add('Cast', [ref], { SrcT: { type: from }, DstT: { type: to }, Truncate: { bool: false } });
}
