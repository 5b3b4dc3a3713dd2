// @ts-check
'use strict';
// A thread loads its program from a file as it is, so that this one cannot be a module of TypeScript's.
const { workerData } = require('node:worker_threads');

/**
 * What a thread is given, all of it shared memory but the port.
 * @typedef {object} Work
 * @property {import('node:worker_threads').MessagePort} port what to gather, by number of buffer; and what went wrong
 * @property {Int32Array} states one a buffer: 0 where the thread is done with it, 1 until then
 * @property {readonly { readonly bytes: Uint8Array, readonly size: number }[]} columns all examples, and the bytes of one
 * @property {readonly { readonly indices: Int32Array, readonly columns: readonly Uint8Array[] }[]} buffers
 */

/** @type {Work} */
const { port, states, columns, buffers } = workerData;

/** Copies the examples that a buffer's indices name into it. @param {{ buffer: number, count: number }} asked */
function gather({ buffer, count }) {
  const { indices, columns: targets } = buffers[buffer];
  columns.forEach(({ bytes, size }, k) => {
    const target = targets[k];
    for (let row = 0; row < count; row++) {
      const from = indices[row] * size;
      if (from < 0 || from + size > bytes.length) throw new RangeError(`there is no example ${indices[row]}`);
      target.set(bytes.subarray(from, from + size), row * size);
    }
  });
}

port.on('message', (asked) => {
  try {
    gather(asked);
  } catch (error) {
    port.postMessage(String(error));
  }
  Atomics.store(states, asked.buffer, 0);
  Atomics.notify(states, asked.buffer);
});
