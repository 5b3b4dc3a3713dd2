import type { MethodId } from './methods.js';

/** What a paper found for a network that is near to one of ours. */
export interface Published {
  readonly work: string;
  readonly network: string;
  /** Fraction of the weights that is pruned, in percent as the paper has it. */
  readonly pruned: string;
  /** Errors in percent, as published. */
  readonly dense: number;
  readonly error: number;
  /** Ours that stands beside it. */
  readonly ours: { readonly model: string; readonly method: MethodId; readonly sparsity: number };
}

const HAN = 'Han et al. 2015, iterative magnitude';
const SNIP = 'Lee et al. 2019, SNIP';

/** Figures of networks on MNIST, 60,000 images for training and 10,000 for the test. */
export const PUBLISHED: readonly Published[] = [
  {
    ...{ work: HAN, network: 'LeNet-300-100', pruned: '91.7 % (12×)', dense: 1.64, error: 1.59 },
    ours: { model: 'lenet300100', method: 'iterative', sparsity: 0.92 },
  },
  {
    ...{ work: HAN, network: 'LeNet-5', pruned: '91.7 % (12×)', dense: 0.8, error: 0.77 },
    ours: { model: 'lenet5', method: 'iterative', sparsity: 0.92 },
  },
  {
    ...{ work: SNIP, network: 'LeNet-300-100', pruned: '95 %', dense: 1.7, error: 1.6 },
    ours: { model: 'lenet300100', method: 'snip', sparsity: 0.95 },
  },
  {
    ...{ work: SNIP, network: 'LeNet-300-100 (ours trained longer)', pruned: '95 %', dense: 1.7, error: 1.6 },
    ours: { model: 'longer', method: 'snip', sparsity: 0.95 },
  },
  {
    ...{ work: SNIP, network: 'LeNet-300-100', pruned: '98 %', dense: 1.7, error: 2.4 },
    ours: { model: 'lenet300100', method: 'snip', sparsity: 0.98 },
  },
  {
    ...{ work: SNIP, network: 'LeNet-300-100 (ours trained longer)', pruned: '98 %', dense: 1.7, error: 2.4 },
    ours: { model: 'longer', method: 'snip', sparsity: 0.98 },
  },
  {
    ...{ work: SNIP, network: 'LeNet-5', pruned: '98 %', dense: 0.9, error: 0.8 },
    ours: { model: 'lenet5', method: 'snip', sparsity: 0.98 },
  },
  {
    ...{ work: SNIP, network: 'LeNet-5', pruned: '99 %', dense: 0.9, error: 1.1 },
    ours: { model: 'lenet5', method: 'snip', sparsity: 0.99 },
  },
  {
    ...{ work: SNIP, network: 'LSTM-128 (ours has 64 units)', pruned: '95 %', dense: 1.88, error: 1.57 },
    ours: { model: 'lstm64', method: 'snip', sparsity: 0.95 },
  },
];
