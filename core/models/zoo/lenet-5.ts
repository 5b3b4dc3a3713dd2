import { conv, flat, fullyConnected, maxPool, sequential } from './sequential.js';

/** LeNet-5 in the form of Caffe, which pruning papers use: 431,080 parameters. Its convolutions are linear. */
export const lenet5 = sequential(
  'lenet5',
  [28, 28, 1],
  [
    conv('conv1', 20, 5, null),
    maxPool('pool1'),
    conv('conv2', 50, 5, null),
    maxPool('pool2'),
    flat('flatten'),
    fullyConnected('hidden', 500, 'relu'),
    fullyConnected('dense', 10, 'softmax'),
  ],
);
