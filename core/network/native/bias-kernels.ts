import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import { Attributes, type NativeBackend } from './backend.js';
import { replaceKernel } from './replace-kernel.js';

/**
 * Adds a vector to the last axis by TensorFlow's BiasAdd, where tfjs-node takes an Add that broadcasts, and sums over all other axes, which
 * is its gradient, by BiasAddGrad. Both are faster, and BiasAdd is what TensorFlow's graph optimizer fuses with a convolution or a product.
 */
export function registerBiasKernels(tf: Tf, backend: NativeBackend): void {
  const attributes = new Attributes(backend.binding);
  const bias = (op: 'BiasAdd' | 'BiasAddGrad', inputs: readonly Tensor[]): Tensor =>
    backend.executeSingleOutput(op, [attributes.type('T', 'float32'), attributes.text('data_format', 'NHWC')], inputs);
  replaceKernel(tf, 'Add', (general) => (given) => {
    const { a, b } = given.inputs as unknown as { readonly a: Tensor; readonly b: Tensor };
    return isBias(a, b) ? bias('BiasAdd', [a, b]) : general(given);
  });
  replaceKernel(tf, 'Sum', (general) => (given) => {
    const x = given.inputs['x'] as Tensor;
    return isOfBias(x, given.attrs as unknown as SumAttributes) ? bias('BiasAddGrad', [x]) : general(given);
  });
}

interface SumAttributes {
  readonly axis?: number | number[] | null;
  readonly keepDims?: boolean;
}

function isBias({ shape, dtype }: Tensor, vector: Tensor): boolean {
  return (
    dtype === 'float32' &&
    vector.dtype === dtype &&
    shape.length > 1 &&
    vector.shape.length === 1 &&
    vector.shape[0] === shape.at(-1)
  );
}

function isOfBias({ shape, dtype }: Tensor, { axis, keepDims }: SumAttributes): boolean {
  const rank = shape.length;
  if (dtype !== 'float32' || rank < 2 || axis === null || axis === undefined || keepDims === true) return false;
  const axes = new Set([axis].flat().map((each) => (each + rank) % rank));
  return axes.size === rank - 1 && !axes.has(rank - 1);
}
