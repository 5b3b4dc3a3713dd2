import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import { Attributes, type NativeBackend } from './backend.js';
import { replaceKernel } from './replace-kernel.js';

/** tfjs-node takes TensorFlow's product of batches for every matrix product; that of two matrices is faster, and can be fused with a bias. */
export function registerMatrixProduct(tf: Tf, backend: NativeBackend): void {
  const attributes = new Attributes(backend.binding);
  replaceKernel(tf, 'BatchMatMul', (general) => (given) => {
    const { a, b } = given.inputs as unknown as { readonly a: Tensor; readonly b: Tensor };
    if (!isMatrix(a) || !isMatrix(b)) return general(given);
    const { transposeA, transposeB } = given.attrs as unknown as { transposeA: boolean; transposeB: boolean };
    const own = [
      attributes.type('T', 'float32'),
      attributes.boolean('transpose_a', transposeA),
      attributes.boolean('transpose_b', transposeB),
    ];
    return tf.tidy(() => {
      const product = backend.executeSingleOutput('MatMul', own, [a, b].map(withoutBatch));
      return a.rank === 2 && b.rank === 2 ? product : product.expandDims(0);
    });
  });
}

/** Whether it is a matrix, or a batch of one. */
function isMatrix({ rank, shape, dtype }: Tensor): boolean {
  return dtype === 'float32' && (rank === 2 || (rank === 3 && shape[0] === 1));
}

function withoutBatch(matrix: Tensor): Tensor {
  return matrix.rank === 2 ? matrix : matrix.reshape(matrix.shape.slice(1));
}
