import { createRequire } from 'node:module';
import util from 'node:util';
import { registerGreaterGradient } from './greater-gradient.js';
import { nativeBackend } from './native/backend.js';
import { registerBiasKernels } from './native/bias-kernels.js';
import { registerFusedGradients } from './native/gradients.js';
import { registerMatrixProduct } from './native/matrix-product.js';
import { registerRecordableKernels } from './native/recordable-kernels.js';
import { registerReproducibleKernels } from './native/reproducible-kernels.js';
import { registerSecondDerivatives } from './native/second-derivatives.js';
import { registerSharedReshape } from './native/shared-reshape.js';
import { registerResetAfter } from './reset-after-layer.js';
import type { Tf } from './tf.js';
import { registerUnstackGradient } from './unstack-gradient.js';
import { registerWidenedConvolutions } from './widened-convolutions.js';

let loaded: Tf | null = null;

/**
 * Loads TensorFlow into this process, once. Blocks for about a second.
 * @throws Error where the binding is missing; `npm run setup` builds it.
 */
export function loadTensorFlow(): Tf {
  if (loaded !== null) return loaded;
  // Node 23 dropped the function that tfjs-node still calls.
  if (!('isNullOrUndefined' in util)) {
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  }
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-node-gpu') as Tf;
  registerUnstackGradient(tf);
  registerGreaterGradient(tf);
  registerResetAfter(tf);
  registerWidenedConvolutions(tf);
  const backend = nativeBackend(tf);
  if (backend !== null) {
    registerFusedGradients(tf, backend);
    registerSharedReshape(tf);
    registerBiasKernels(tf, backend);
    registerMatrixProduct(tf, backend);
    registerRecordableKernels(tf, backend);
    registerReproducibleKernels(tf, backend);
    registerSecondDerivatives(tf, backend);
  }
  loaded = tf;
  return tf;
}

/** Version of the TensorFlow library behind the binding. */
export function tensorFlowVersion(tf: Tf): string {
  return nativeBackend(tf)?.binding.TF_Version ?? tf.version_core;
}

/** Name of the device that computes: `GPU` or `CPU`, with the backend. */
export function deviceName(tf: Tf): string {
  if (tf.getBackend() !== 'tensorflow') return tf.getBackend();
  const backend = tf.backend() as unknown as { isUsingGpuDevice?: boolean; isGPUPackage?: boolean };
  return backend.isUsingGpuDevice === true ? 'TensorFlow GPU' : 'TensorFlow CPU';
}
