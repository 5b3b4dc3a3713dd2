// Loads TensorFlow through the binding, multiplies two matrices, and prints what it found as one line of JSON.
// Run in a process of its own: a broken native library ends the process that loads it.
const util = require('node:util');
// tfjs-node calls it, and Node 23 dropped it.
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const started = Date.now();
const tf = require('@tensorflow/tfjs-node-gpu');
const backend = tf.backend();
const size = 64;
const product = tf
  .matMul(tf.ones([size, size]), tf.fill([size, size], 2))
  .sum()
  .dataSync()[0];
const report = {
  tensorflow: backend.binding.TF_Version,
  tfjs: tf.version['tfjs-node'] ?? tf.version.tfjs,
  backend: tf.getBackend(),
  devices: backend.isUsingGpuDevice ? ['CPU:0', 'GPU:0'] : ['CPU:0'],
  // 64 × 64 sums of 64 twos.
  correct: product === 2 * size ** 3,
  milliseconds: Date.now() - started,
};
console.log(JSON.stringify(report));
