import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJudge } from '../../../core/evaluation/judges/index.js';
import { type Judge, judged } from '../../../core/evaluation/judges/judge.js';
import { Network } from '../../../core/network/network.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import type { Score } from '../../../core/sweep/observation.js';
import { sequentialOf } from '../../support/tiny-networks.js';

const tf = loadTensorFlow();
const NO_INPUTS = { x: new Float32Array([0, 1]) };

/** The score of outputs that are given row by row, by a network that does nothing. */
async function scoreOf(judge: Judge, outputs: number[][], targets: number[] | number[][]): Promise<Score> {
  const width = outputs[0]?.length ?? 1;
  const same = sequentialOf([width], [{ class_name: 'Activation', config: { name: 'same', activation: 'linear' } }]);
  const network = await Network.build(tf, same, []);
  const tally = judge.tally();
  tf.tidy(() => {
    const y = tf.tensor(targets, undefined, Array.isArray(targets[0]) ? 'float32' : 'int32');
    const found = judged(tf, judge, network, [tf.tensor2d(outputs), y]).map((each) => each.dataSync());
    tally.add(found, outputs.length);
  });
  network.dispose();
  return tally.score(outputs.length);
}

describe('a classification', () => {
  const classification = createJudge(undefined, NO_INPUTS);

  it('given logits, then accuracy, macro F1 and top 5 are those counted by hand', async () => {
    const logits = [
      [5, 1, 0, 0, 0, 0, 0],
      [5, 1, 0, 0, 0, 0, 0],
      [0, 6, 5, 4, 3, 2, 1],
      [0, 1, 2, 3, 4, 5, 6],
    ];
    // Right; wrong, second; wrong, the last of seven; wrong, the fifth.
    const { accuracy, top5, macroF1 } = await scoreOf(classification, logits, [0, 1, 0, 2]);
    expect({ accuracy, top5 }).toEqual({ accuracy: 0.25, top5: 0.75 });
    // Class 0: found 2, present 2, right 1; 1: found 1, present 1; 2: present 1; 6: found 1.
    expect(macroF1).toBeCloseTo(0.5 / 4, 12);
  });

  it('given other numbers of likeliest classes, then each is counted by hand, beside top 5, from the same ranks', async () => {
    const judge = createJudge(undefined, NO_INPUTS, ['top10', 'top2', 'top3']);
    const descending = Array.from({ length: 12 }, (_, i) => -i);
    // The 1st, 2nd, 3rd, 6th, 10th and 11th likeliest of twelve.
    const labels = [0, 1, 2, 5, 9, 10];
    const score = await scoreOf(
      judge,
      labels.map(() => descending),
      labels,
    );
    expect(score).toMatchObject({ accuracy: 1 / 6, top5: 3 / 6, own: { top2: 2 / 6, top3: 3 / 6, top10: 5 / 6 } });
    const computed = (by: Judge): number =>
      tf.tidy(() => by.examples(tf, tf.zeros([1, 12]), tf.zeros([1], 'int32')).length);
    expect(computed(judge)).toBe(computed(classification));
  });

  it('given equal logits, then the first classes are the likeliest, as they are found', async () => {
    const equal = Array.from({ length: 7 }, () => [0, 0, 0, 0, 0, 0, 0]);
    const score = await scoreOf(classification, equal, [0, 1, 2, 3, 4, 5, 6]);
    expect(score.accuracy).toBeCloseTo(1 / 7, 12);
    expect(score.top5).toBeCloseTo(5 / 7, 12);
  });

  it('given any logits, then accuracy is at most top 5, and all right is 1 in everything', async () => {
    const logit = fc.integer({ min: -80, max: 80 }).map((value) => value / 16);
    const rows = fc.array(fc.tuple(fc.array(logit, { minLength: 8, maxLength: 8 }), fc.nat({ max: 7 })), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const logits = given.map(([row]) => row);
        const score = await scoreOf(
          classification,
          logits,
          given.map(([, label]) => label),
        );
        expect(score.accuracy).toBeLessThanOrEqual(score.top5 ?? 0);
        expect(score.macroF1).toBeLessThanOrEqual(1);
        const best = logits.map((row) => row.indexOf(Math.max(...row)));
        expect(await scoreOf(classification, logits, best)).toMatchObject({ accuracy: 1, top5: 1, macroF1: 1 });
      }),
      { numRuns: 30 },
    );
  });
});

describe('a regression', () => {
  const judge = createJudge({ regression: { loss: 'meanAbsoluteError' } }, NO_INPUTS);

  it('given two outputs, then R² is the mean of both and the absolute error that of all', async () => {
    const targets = [
      [1, 10],
      [2, 20],
      [3, 30],
      [6, 60],
    ];
    const outputs = targets.map(([a = 0, b = 0], i) => [a + (i === 0 ? 1 : 0), b - 10]);
    const { r2, mae, loss } = await scoreOf(judge, outputs, targets);
    // Σ (t − 3)² = 14 and Σ error² = 1; Σ (t − 30)² = 1400 and Σ error² = 400.
    expect(r2).toBeCloseTo((1 - 1 / 14 + 1 - 400 / 1400) / 2, 12);
    expect(mae).toBeCloseTo(41 / 8, 12);
    expect(loss).toBeCloseTo(41 / 8, 5);
  });

  it('given targets that are all the same, then R² is 1 where they are met and 0 where not', async () => {
    expect((await scoreOf(judge, [[2], [2]], [[2], [2]])).r2).toBe(1);
    expect((await scoreOf(judge, [[2], [3]], [[2], [2]])).r2).toBe(0);
  });

  it('given the mean for every target, then R² is 0, however far the targets are from zero', async () => {
    const { r2 } = await scoreOf(judge, [[100_002], [100_002], [100_002]], [[100_001], [100_002], [100_003]]);
    expect(r2).toBeCloseTo(0, 9);
  });
});

describe('a reconstruction', () => {
  it('given inputs of another range than 1, then the signal-to-noise ratio is relative to it', async () => {
    const judge = (range: number) =>
      createJudge({ reconstruction: { noise: 0.1, loss: 'meanSquaredError' } }, { x: new Float32Array([0, range]) });
    const inputs = Array.from({ length: 64 }, (_, i) => [i / 64, 0.5]);
    const numbers = inputs.map((_, i) => i);
    const [one, ten] = [await scoreOf(judge(1), inputs, numbers), await scoreOf(judge(10), inputs, numbers)];
    // A network that does nothing leaves all of the noise.
    expect(one.mse).toBeGreaterThan(0.006);
    expect(one.mse).toBeLessThan(0.015);
    expect(one.psnr).toBeCloseTo(-10 * Math.log10(one.mse ?? 0), 12);
    expect(ten.mse).toBe(one.mse);
    expect((ten.psnr ?? 0) - (one.psnr ?? 0)).toBeCloseTo(20, 12);
  });

  it('given no noise and a network that does nothing, then the ratio is 120 dB and not infinite', async () => {
    const judge = createJudge({ reconstruction: { noise: 0, loss: 'meanSquaredError' } }, NO_INPUTS);
    expect(await scoreOf(judge, [[0.2, 0.4]], [0])).toEqual({ loss: 0, examples: 1, psnr: 120, mse: 0 });
  });
});
