import { changed, conv, type Layer, sequential, transposed } from './sequential.js';

/**
 * Conv16-3×3 and Conv32-3×3, each at half the size of what it takes, then two transposed convolutions of 32 and 16 filters that double it
 * again, and a linear Conv1-3×3, which is the image: 18,817 parameters. After the Keras example for denoising images of MNIST.
 */
export const denoisingAutoencoder = sequential(
  'denoisingAutoencoder',
  [28, 28, 1],
  [
    halving('encode1', 16),
    halving('encode2', 32),
    transposed('decode1', 32, 3, 2, 'relu'),
    transposed('decode2', 16, 3, 2, 'relu'),
    changed(conv('image', 1, 3, null), { padding: 'same' }),
  ],
);

function halving(name: string, filters: number): Layer {
  return changed(conv(name, filters, 3, 'relu'), { strides: [2, 2], padding: 'same' });
}
