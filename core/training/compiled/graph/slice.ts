import type { Scope } from './graph.js';
import { DataType, type Ref, type ValueType } from './node.js';

/** A place along a first axis, for `addEntry`. */
export interface Place {
  /** int32 [1] */
  readonly begin: Ref;
  /** int32 [1], one more. */
  readonly end: Ref;
}

/** The place of an int32 scalar. */
export function placeAt(scope: Scope, index: Ref): Place {
  const int32 = { type: DataType.int32 };
  const begin = scope.add('Reshape', [index, scope.indices([1])], { T: int32, Tshape: int32 });
  return { begin, end: scope.add('AddV2', [begin, scope.index(1)], { T: int32 }) };
}

/** The place of the first entry. */
export function firstPlace(scope: Scope): Place {
  return { begin: scope.indices([0]), end: scope.indices([1]) };
}

/** The entry of a tensor along its first axis. Its place is read in the host's memory, so that no GPU waits for it. */
export function addEntry(scope: Scope, tensor: Ref, dtype: ValueType, { begin, end }: Place): Ref {
  return scope.add('StridedSlice', [tensor, begin, end, scope.indices([1])], {
    T: { type: DataType[dtype] },
    Index: { type: DataType.int32 },
    shrink_axis_mask: { int: 1 },
    begin_mask: { int: 0 },
    end_mask: { int: 0 },
    ellipsis_mask: { int: 0 },
    new_axis_mask: { int: 0 },
  });
}
