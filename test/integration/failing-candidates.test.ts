import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepProgress } from '../../core/sweep/progress.js';
import { TestStack } from '../support/local-stack.js';
import { functionalOf } from '../support/tiny-networks.js';
import { savedModel } from '../support/tiny-sweep.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.start();
});
afterAll(() => stack.stop());

/** Codes of the causes, and how many candidates worked and failed. */
async function outcome(spec: string): Promise<{ codes: string[]; candidates: SweepProgress['candidates'] }> {
  const { progress } = await stack.finish(await stack.sweep(spec));
  expect(progress.state).toBe('done');
  return { codes: progress.failures.map(({ cause }) => cause.code), candidates: progress.candidates };
}

describe('a candidate that cannot work', () => {
  it('given a learning rate at which the loss becomes NaN, when it is trained, then it fails alone with its typed cause', async () => {
    const { codes, candidates } = await outcome(`
name: diverging
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 1, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [0.5, 0.8]
  schedule: oneShot
  recovery: [{ epochs: 1, learningRate: 0.0005 }, { epochs: 1, learningRate: 1.0e+30 }]
`);
    expect(candidates).toMatchObject({ ok: 2, failed: 2 });
    expect(codes).toEqual(['PRUNEFRONT_DIVERGED', 'PRUNEFRONT_DIVERGED']);
  });

  it('given filters that are coupled in pairs, when so many are to go that no pair would be left, then one stays', async () => {
    const convolution = (name: string, filters: number) => ({
      class_name: 'Conv2D',
      config: { name, filters, kernel_size: [3, 3], strides: [2, 2], activation: 'relu' },
      from: ['input'],
    });
    const topology = functionalOf(
      [28, 28, 1],
      [
        convolution('wide', 4),
        convolution('narrow', 2),
        {
          class_name: 'DepthwiseConv2D',
          config: { name: 'pairs', kernel_size: [1, 1], depth_multiplier: 2 },
          from: ['narrow'],
        },
        { class_name: 'Add', config: { name: 'sum' }, from: ['wide', 'pairs'] },
        { class_name: 'Flatten', config: { name: 'flat' }, from: ['sum'] },
        { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' }, from: ['flat'] },
      ],
    );
    const file = await savedModel(join(stack.state, 'pairs'), topology);
    const { codes, candidates } = await outcome(`
name: pairs
model: { file: ${file} }
dataset: mnist
baseline: { epochs: 1, optimizer: adam }
space:
  method: { granularity: filter, criterion: l1, scope: layer }
  sparsity: [0.25, 0.75]
  schedule: oneShot
  recovery: { epochs: 1, learningRate: 0.0005 }
`);
    expect(candidates).toMatchObject({ ok: 2, failed: 0 });
    expect(codes).toEqual([]);
  });
});
