import { conv, flat, fullyConnected, maxPool, sequential } from './sequential.js';

/** Conv32-3×3, MaxPool, Conv64-3×3, MaxPool, Flatten, Dense10: 34,826 parameters. The Keras example for MNIST. */
export const mnistCnn = sequential(
  'mnistCnn',
  [28, 28, 1],
  [
    conv('conv1', 32, 3, 'relu'),
    maxPool('pool1'),
    conv('conv2', 64, 3, 'relu'),
    maxPool('pool2'),
    flat('flatten'),
    fullyConnected('dense', 10, 'softmax'),
  ],
);
