import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import type { NativeBackend } from './backend.js';
import { type DepthwiseAttributes, depthwiseFilterGradient } from './depthwise-filter-gradient.js';
import { replaceKernel } from './replace-kernel.js';

/** Replaces kernels that do not give the same bits each time on a GPU, for which TensorFlow refuses them where it is to be reproducible. */
export function registerReproducibleKernels(tf: Tf, { isUsingGpuDevice }: NativeBackend): void {
  if (!isUsingGpuDevice) return;
  replaceKernel(tf, 'ResizeNearestNeighborGrad', (general) => (given) => {
    const { images, dy } = given.inputs as unknown as { readonly images: Tensor; readonly dy: Tensor };
    return given.attrs?.['alignCorners'] === true || !isWhole(images, dy)
      ? general(given)
      : tf.tidy(() => gradientOfRepetition(images, dy));
  });
  replaceKernel(tf, 'DepthwiseConv2dNativeBackpropFilter', () => ({ inputs, attrs }) => {
    const { x, dy } = inputs as unknown as { readonly x: Tensor4D; readonly dy: Tensor4D };
    return tf.tidy(() => depthwiseFilterGradient(tf, x, dy, attrs as unknown as DepthwiseAttributes));
  });
}

/** Whether each pixel of the images [n, height, width, channels] is repeated as often as any other. */
function isWhole({ shape: [, height = 1, width = 1] }: Tensor, { shape: [, tall = 1, wide = 1] }: Tensor): boolean {
  return tall % height === 0 && wide % width === 0;
}

/** Gradient of repeating pixels along height and width: the sum of those of their repetitions. */
export function gradientOfRepetition(images: Tensor, dy: Tensor): Tensor {
  const [n = 1, height = 1, width = 1, channels = 1] = images.shape;
  const [, tall = 1, wide = 1] = dy.shape;
  return dy.reshape([n, height, tall / height, width, wide / width, channels]).sum([2, 4]);
}
