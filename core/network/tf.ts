import type * as TensorFlow from '@tensorflow/tfjs';

/** The tfjs namespace with whatever backend this process has. */
export type Tf = typeof TensorFlow;
