import { targetShape } from '../../datasets/dataset.js';
import type { PreparedData } from '../../datasets/prepare.js';
import type { NativeValues } from '../../network/native/backend.js';
import type { Column } from '../compiled/program/columns.js';
import type { Batches } from '../compiled/program/program.js';
import { MOST_STEPS_A_CALL } from '../compiled/program/training-loop.js';
import { BatchStream } from '../streaming/batch-stream.js';
import type { DataKept } from './engine.js';

/** Where a program's examples come from. Dispose it. */
export interface BatchSource {
  readonly dataKept: DataKept;
  /** Examples that one call of the program can be given. */
  readonly capacity: number;
  /** Whether it makes ready what is next. */
  readonly prepares: boolean;
  /**
   * What a program is fed for the examples at `indices`, for one call.
   * @param next - the examples of the call after it, where they are known: they are made ready while it runs
   */
  batches(indices: Int32Array, next: Int32Array | null): Batches;
  dispose(): void;
}

/** The arrays of a data set as a program sees them: inputs, and labels or what is in their place. */
export function columnsOf(data: PreparedData): Column[] {
  return [
    { dtype: data.x instanceof Uint8Array ? 'uint8' : 'float32', exampleShape: data.exampleShape },
    { dtype: data.targets === undefined ? 'int32' : 'float32', exampleShape: targetShape(data) },
  ];
}

/** All values of these arrays. */
export function valuesOf({ x, labels, targets }: PreparedData): [NativeValues, NativeValues] {
  return [x, targets?.values ?? labels];
}

/** Data that lie in the program: it is told places. */
export const RESIDENT: BatchSource = {
  dataKept: 'resident',
  capacity: Number.POSITIVE_INFINITY,
  prepares: false,
  batches: (indices) => ({ indices }),
  dispose() {},
};

/** Bytes of each of a stream's two buffers, where not a single batch is larger. */
const BUFFER_BYTES = 32 * 1024 * 1024;

/**
 * Data that stay outside: a thread gathers the examples of a call.
 * @param largestBatch - most examples of one batch
 */
export function streamed(data: PreparedData, largestBatch: number, bufferBytes = BUFFER_BYTES): BatchSource {
  const examples = data.labels.length;
  const columns = valuesOf(data).map((values) => ({ values, size: values.length / examples }));
  const bytes = columns.reduce((sum, { values }) => sum + values.byteLength / examples, 0);
  const fitting = Math.min(Math.floor(bufferBytes / bytes), MOST_STEPS_A_CALL * largestBatch);
  const stream = new BatchStream(columns, Math.max(largestBatch, fitting));
  return {
    dataKept: 'streamed',
    capacity: stream.capacity,
    prepares: true,
    batches(indices, next) {
      const values = stream.take(indices);
      if (next !== null) stream.prepare(next);
      return { values };
    },
    dispose: () => stream.dispose(),
  };
}
