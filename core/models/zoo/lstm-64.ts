import { fullyConnected, lstm, reshape, sequential } from './sequential.js';

/** LSTM64, Dense10 on the rows of the image, one a step: 24,458 parameters. */
export const lstm64 = sequential(
  'lstm64',
  [28, 28, 1],
  [reshape('rows', [28, 28]), lstm('lstm', 64), fullyConnected('dense', 10, 'softmax')],
);
