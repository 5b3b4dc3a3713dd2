import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { BatchStream, type StreamOptions } from '../../../../core/training/streaming/batch-stream.js';
import { errorOf } from '../../../support/errors.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';

const bytes = Uint8Array.from({ length: 60 }, (_, i) => i);
const floats = Float32Array.from({ length: 40 }, (_, i) => i / 8);
const labels = Int32Array.from({ length: 20 }, (_, i) => -i);
const COLUMNS = [
  { values: bytes, size: 3 },
  { values: floats, size: 2 },
  { values: labels, size: 1 },
];

function expected(indices: Int32Array) {
  const places = [...indices];
  return [
    Uint8Array.from(places.flatMap((i) => [3 * i, 3 * i + 1, 3 * i + 2])),
    Float32Array.from(places.flatMap((i) => [i / 4, (2 * i + 1) / 8])),
    Int32Array.from(places.map((i) => -i)),
  ];
}

describe('a stream of batches', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  const open: BatchStream[] = [];
  afterEach(() => {
    for (const stream of open.splice(0)) stream.dispose();
  });

  function stream(capacity: number, options: StreamOptions = {}): BatchStream {
    const opened = new BatchStream(COLUMNS, capacity, options);
    open.push(opened);
    return opened;
  }

  const indices = fc
    .array(fc.integer({ min: 0, max: 19 }), { minLength: 1, maxLength: 8 })
    .map((list) => Int32Array.from(list));

  it('given any order of what is taken and made ready, then each is what the places say', () => {
    const own = stream(8);
    fc.assert(
      fc.property(fc.array(fc.tuple(indices, fc.boolean()), { minLength: 1, maxLength: 12 }), (calls) => {
        calls.forEach(([taken, isNextKnown], i) => {
          const values = own.take(taken);
          const next = calls[i + 1]?.[0];
          if (isNextKnown && next !== undefined) own.prepare(next);
          // It must not touch what was taken.
          expect(values).toEqual(expected(taken));
        });
      }),
      { numRuns: 200 },
    );
  });

  it('given fewer taken than were made ready, then they are the first of them', () => {
    const own = stream(8);
    own.prepare(Int32Array.of(4, 5, 6, 7));
    expect(own.take(Int32Array.of(4, 5))).toEqual(expected(Int32Array.of(4, 5)));
    expect(own.take(Int32Array.of(4, 5, 6, 7))).toEqual(expected(Int32Array.of(4, 5, 6, 7)));
  });

  it('given others made ready than are taken, then they are forgotten', () => {
    const own = stream(8);
    own.prepare(Int32Array.of(1, 2));
    expect(own.take(Int32Array.of(3))).toEqual(expected(Int32Array.of(3)));
    expect(own.take(Int32Array.of(1, 2))).toEqual(expected(Int32Array.of(1, 2)));
  });

  it('given data in shared memory, then they are not copied', () => {
    const shared = new Int32Array(new SharedArrayBuffer(16));
    const own = new BatchStream([{ values: shared, size: 1 }], 4);
    open.push(own);
    own.take(Int32Array.of(0));
    shared[2] = 7;
    expect(own.take(Int32Array.of(2))).toEqual([Int32Array.of(7)]);
  });

  it('given a capacity, then its two buffers are as large as that, and more at once is refused', () => {
    const own = stream(8);
    expect(own.bytes).toBe(2 * 8 * (3 + 8 + 4));
    expect(() => own.take(new Int32Array(9))).toThrow('9 examples are more than 8');
  });

  it('given an example that is not there, then the error says so', async () => {
    const own = stream(8);
    const error = await errorOf('PRUNEFRONT_INTERNAL', async () => own.take(Int32Array.of(3, 20)));
    expect(error.facts.found).toContain('there is no example 20');
  });

  async function program(text: string): Promise<string> {
    const file = join(await temporaryFolder(), 'thread.cjs');
    await writeFile(file, text);
    return file;
  }

  it('given a thread that has died, then the error says how', async () => {
    const own = stream(8, { program: await program("throw new Error('no memory left')") });
    await sleep(500);
    const error = await errorOf('PRUNEFRONT_INTERNAL', async () => own.take(Int32Array.of(3)));
    expect(error.message).toContain('thread that gathers the batches');
    expect(error.facts.found).toBe('no memory left');
  });

  it('given a thread that dies while it is waited for, then the wait ends', async () => {
    const dying = "require('node:worker_threads').workerData.port.on('message', () => process.exit(3))";
    const own = stream(8, { program: await program(dying), silenceMs: 300 });
    const error = await errorOf('PRUNEFRONT_INTERNAL', async () => own.take(Int32Array.of(3)));
    expect(error.facts.found).toBe('silent for 300 ms');
    await errorOf('PRUNEFRONT_INTERNAL', async () => own.take(Int32Array.of(3)));
  });

  it('given its end, then the thread ends', async () => {
    const threads = (): number => readdirSync('/proc/self/task').length;
    const before = threads();
    const own = stream(8);
    own.take(Int32Array.of(3));
    expect(threads()).toBeGreaterThan(before);
    own.dispose();
    await expect.poll(threads, { timeout: 5000 }).toBeLessThanOrEqual(before);
  });
});
