import { flat, fullyConnected, sequential } from './sequential.js';

/** LeNet-300-100 (LeCun et al. 1998): 266,610 parameters. */
export const lenet300100 = sequential(
  'lenet300100',
  [28, 28, 1],
  [
    flat('flatten'),
    fullyConnected('hidden1', 300, 'relu'),
    fullyConnected('hidden2', 100, 'relu'),
    fullyConnected('dense', 10, 'softmax'),
  ],
);
