import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { PrunefrontError } from '../../errors.js';
import type { NativeValues } from '../../network/native/backend.js';

/** One array of a data set. */
export interface StreamColumn {
  /** All of it, example by example; it is copied once where it is not in shared memory. */
  readonly values: NativeValues;
  /** Numbers of one example. */
  readonly size: number;
}

/** What a stream's thread is, and how long it may be silent. Tests have threads of their own. */
export interface StreamOptions {
  readonly program?: string;
  readonly silenceMs?: number;
}

interface StreamBuffer {
  readonly indices: Int32Array;
  /** Room for as many examples as the stream gathers at once, a column each. */
  readonly columns: readonly NativeValues[];
  /** Examples that were asked for last. */
  count: number;
}

const PROGRAM = fileURLToPath(new URL('./gather-thread.cjs', import.meta.url));
/** A buffer is copied within milliseconds. Below the silence after which a node takes the trainer itself for hung. */
const SILENCE_MS = 10_000;
const BUSY = 1;

/**
 * Gathers examples in a thread while TensorFlow, which blocks this one, computes on those before: two buffers in turn. Dispose it: the
 * thread lives until then.
 */
export class BatchStream {
  private readonly port: MessagePort;
  private readonly states = new Int32Array(new SharedArrayBuffer(8));
  private readonly buffers: readonly [StreamBuffer, StreamBuffer];
  private readonly thread: Worker;
  private readonly silenceMs: number;
  /** The buffer that was handed out last; the other one is what is prepared. */
  private taken: 0 | 1 = 1;
  private ended: string | null = null;

  /** @param capacity - most examples that are gathered at once */
  constructor(
    columns: readonly StreamColumn[],
    readonly capacity: number,
    { program = PROGRAM, silenceMs = SILENCE_MS }: StreamOptions = {},
  ) {
    this.silenceMs = silenceMs;
    this.buffers = [bufferOf(columns, capacity), bufferOf(columns, capacity)];
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData = {
      port: port2,
      states: this.states,
      columns: columns.map(({ values, size }) => ({
        bytes: sharedBytes(values),
        size: size * values.BYTES_PER_ELEMENT,
      })),
      buffers: this.buffers.map(({ indices, columns: own }) => ({ indices, columns: own.map(bytesOf) })),
    };
    this.thread = new Worker(program, { workerData, transferList: [port2], execArgv: [] });
    this.thread.unref();
    this.thread.on('error', (error) => {
      this.ended = error.message;
    });
    this.thread.on('exit', (code) => {
      this.ended ??= `exit code ${code}`;
    });
  }

  /** Bytes of both buffers. */
  get bytes(): number {
    return this.buffers.reduce((sum, { columns }) => sum + columns.reduce((own, each) => own + each.byteLength, 0), 0);
  }

  /** Has the examples at `indices` gathered, to be taken later. What was prepared and not taken is forgotten. */
  prepare(indices: Int32Array): void {
    const next = this.taken === 0 ? 1 : 0;
    const buffer = this.buffers[next];
    if (indices.length > this.capacity)
      throw new RangeError(`${indices.length} examples are more than ${this.capacity}`);
    this.wait(next);
    buffer.indices.set(indices);
    buffer.count = indices.length;
    Atomics.store(this.states, next, BUSY);
    this.port.postMessage({ buffer: next, count: indices.length });
  }

  /**
   * The examples at `indices`, one array a column, valid until the next ones are taken: those that were prepared, where they begin
   * with these.
   * @throws PrunefrontError `PRUNEFRONT_INTERNAL` where the thread has ended or does not answer
   */
  take(indices: Int32Array): NativeValues[] {
    const next = this.taken === 0 ? 1 : 0;
    if (!isPrepared(this.buffers[next], indices)) this.prepare(indices);
    const buffer = this.buffers[next];
    this.wait(next);
    this.taken = next;
    buffer.count = 0;
    return buffer.columns.map((column) => column.subarray(0, (column.length / this.capacity) * indices.length));
  }

  /** Ends the thread. */
  dispose(): void {
    this.port.close();
    void this.thread.terminate();
  }

  /** Waits until the thread is done with a buffer. */
  private wait(buffer: 0 | 1): void {
    if (this.ended === null && Atomics.load(this.states, buffer) === BUSY) {
      const silent = Atomics.wait(this.states, buffer, BUSY, this.silenceMs) === 'timed-out';
      if (silent) this.ended = `silent for ${this.silenceMs} ms`;
    }
    const failure: { message: unknown } | undefined = receiveMessageOnPort(this.port);
    const found = failure === undefined ? this.ended : String(failure.message);
    if (found === null) return;
    throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'The thread that gathers the batches does not work any more', {
      found,
    });
  }
}

/** Room in shared memory for `capacity` examples. */
function bufferOf(columns: readonly StreamColumn[], capacity: number): StreamBuffer {
  return {
    indices: new Int32Array(new SharedArrayBuffer(capacity * 4)),
    columns: columns.map(({ values, size }) => {
      const memory = new SharedArrayBuffer(capacity * size * values.BYTES_PER_ELEMENT);
      if (values instanceof Uint8Array) return new Uint8Array(memory);
      return values instanceof Int32Array ? new Int32Array(memory) : new Float32Array(memory);
    }),
    count: 0,
  };
}

function sharedBytes(values: NativeValues): Uint8Array {
  if (values.buffer instanceof SharedArrayBuffer) return bytesOf(values);
  const copy = new Uint8Array(new SharedArrayBuffer(values.byteLength));
  copy.set(bytesOf(values));
  return copy;
}

function bytesOf({ buffer, byteOffset, byteLength }: NativeValues): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function isPrepared({ indices, count }: StreamBuffer, wanted: Int32Array): boolean {
  return wanted.length <= count && wanted.every((index, i) => index === indices[i]);
}
