import type { PreparedData } from '../../datasets/prepare.js';
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

/** The arrays of a data set as a program sees them: inputs and labels. */
export function columnsOf({ x, exampleShape }: PreparedData): Column[] {
  return [
    { dtype: x instanceof Uint8Array ? 'uint8' : 'float32', exampleShape },
    { dtype: 'int32', exampleShape: [] },
  ];
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
export function streamed({ x, labels }: PreparedData, largestBatch: number, bufferBytes = BUFFER_BYTES): BatchSource {
  const size = x.length / labels.length;
  const columns = [
    { values: x, size },
    { values: labels, size: 1 },
  ];
  const bytes = size * x.BYTES_PER_ELEMENT + labels.BYTES_PER_ELEMENT;
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
