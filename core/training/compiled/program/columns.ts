import { sizeOf } from '../../../models/named-tensor.js';
import { BYTE_SCALE } from '../../../network/batches.js';
import type { NativeValues } from '../../../network/native/backend.js';
import type { Scope } from '../graph/graph.js';
import { DataType, type Ref } from '../graph/node.js';
import type { HostTensor } from '../runner/session.js';

/** One array of a data set, an entry for each example. Bytes become float32 from 0 to 1. */
export interface Column {
  readonly dtype: 'float32' | 'int32' | 'uint8';
  readonly exampleShape: readonly number[];
}

/** Bytes of a word. */
const WORD = 4;

/**
 * How a column lies in a graph: bit for bit as words of float32. On GPUs TensorFlow has neither variables of int32 nor a gather of bytes, and
 * would copy all data to the host in each step. Bytes whose example is no whole number of words stay bytes.
 */
export function storedColumn({ dtype, exampleShape }: Column): {
  dtype: 'float32' | 'uint8';
  exampleShape: readonly number[];
} {
  if (dtype !== 'uint8') return { dtype: 'float32', exampleShape };
  const size = sizeOf(exampleShape);
  return size % WORD === 0 ? { dtype: 'float32', exampleShape: [size / WORD] } : { dtype, exampleShape };
}

/** Values of a column, `leading` examples, as they are stored. */
export function storedValues(column: Column, leading: readonly number[], values: NativeValues): HostTensor {
  const { dtype, exampleShape } = storedColumn(column);
  const shape = [...leading, ...exampleShape];
  return { dtype, shape, values: dtype === 'uint8' || values instanceof Float32Array ? values : wordsOf(values) };
}

/** The same bits; a copy only where they do not begin at a word. Not by `slice`, which copies nothing of a Buffer. */
function wordsOf(values: NativeValues): Float32Array {
  const { buffer, byteOffset, byteLength } = values.byteOffset % WORD === 0 ? values : new Uint8Array(values);
  return new Float32Array(buffer, byteOffset, byteLength / WORD);
}

/** The entries of a stored column at `indices` (int32) along its first axis. */
export function gather(scope: Scope, stored: Ref, column: Column, indices: Ref): Ref {
  const int32 = { type: DataType.int32 };
  return scope.add('GatherV2', [stored, indices, scope.index(0)], {
    Tparams: { type: DataType[storedColumn(column).dtype] },
    Tindices: int32,
    Taxis: int32,
    batch_dims: { int: 0 },
  });
}

/** What functions of the batch see of a stored column: integers as such, bytes as float32. */
export function seenByFunctions(scope: Scope, stored: Ref, column: Column): Ref {
  const { dtype, exampleShape } = column;
  const values = storedColumn(column).dtype === dtype ? stored : bitsAs(scope, stored, dtype);
  if (dtype !== 'uint8') return values;
  const uint8 = { type: DataType.uint8 };
  const shape = scope.indices([-1, ...exampleShape]);
  const bytes = scope.add('Reshape', [values, shape], { T: uint8, Tshape: { type: DataType.int32 } });
  const cast = { SrcT: uint8, DstT: { type: DataType.float32 }, Truncate: { bool: false } };
  return scope.math('Mul', scope.add('Cast', [bytes], cast), scope.scalar(BYTE_SCALE));
}

/** float32 words as what they hold: int32 [n, …], or uint8 [n, …, 4]. */
function bitsAs(scope: Scope, words: Ref, dtype: Column['dtype']): Ref {
  return scope.add('Bitcast', [words], { T: { type: DataType.float32 }, type: { type: DataType[dtype] } });
}
