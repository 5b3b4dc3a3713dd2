import { conv, flat, fullyConnected, maxPool, sequential } from './sequential.js';

/** Conv12-3×3, MaxPool, Flatten, Dense10: 20,410 parameters. The CNN of the guide to pruning of TensorFlow Model Optimization. */
export const guideCnn = sequential(
  'guideCnn',
  [28, 28, 1],
  [conv('conv', 12, 3, 'relu'), maxPool('pool'), flat('flatten'), fullyConnected('dense', 10, 'softmax')],
);
