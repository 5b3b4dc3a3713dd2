import { BYTE_SCALE } from '../../../network/batches.js';
import type { Scope } from '../graph/graph.js';
import { DataType, type Ref } from '../graph/node.js';

/** One array of a data set, an entry for each example. Bytes become float32 from 0 to 1. */
export interface Column {
  readonly dtype: 'float32' | 'int32' | 'uint8';
  readonly exampleShape: readonly number[];
}

/** The entries of a column at `indices` (int32) along its first axis. */
export function gather(scope: Scope, column: Ref, dtype: Column['dtype'], indices: Ref): Ref {
  const int32 = { type: DataType.int32 };
  return scope.add('GatherV2', [column, indices, scope.index(0)], {
    Tparams: { type: DataType[dtype] },
    Tindices: int32,
    Taxis: int32,
    batch_dims: { int: 0 },
  });
}

/** What functions of the batch see of a column: bytes as float32. */
export function seenByFunctions(scope: Scope, batch: Ref, dtype: Column['dtype']): Ref {
  if (dtype !== 'uint8') return batch;
  const cast = { SrcT: { type: DataType.uint8 }, DstT: { type: DataType.float32 }, Truncate: { bool: false } };
  return scope.math('Mul', scope.add('Cast', [batch], cast), scope.scalar(BYTE_SCALE));
}
