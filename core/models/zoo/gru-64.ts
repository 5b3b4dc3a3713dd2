import { fullyConnected, gru, reshape, sequential } from './sequential.js';

/** GRU64, Dense10 on the rows of the image, one a step: 18,506 parameters. */
export const gru64 = sequential(
  'gru64',
  [28, 28, 1],
  [reshape('rows', [28, 28]), gru('gru', 64), fullyConnected('dense', 10, 'softmax')],
);
