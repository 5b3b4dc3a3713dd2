import { flat, fullyConnected, sequential } from './sequential.js';

/** 784-64-10: 50,890 parameters. */
export const mnistMlp = sequential(
  'mnistMlp',
  [28, 28, 1],
  [flat('flatten'), fullyConnected('hidden', 64, 'relu'), fullyConnected('dense', 10, 'softmax')],
);
