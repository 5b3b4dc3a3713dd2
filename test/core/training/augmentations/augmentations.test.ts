import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomSource, stepSeed } from '../../../../core/network/random-source.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import type { Augment } from '../../../../core/sweep/spec.js';
import { augmented, augmentProblems } from '../../../../core/training/augmentations/index.js';

const tf = loadTensorFlow();

type Shape = readonly number[];

/** Examples of distinct numbers, none of them zero. */
const examples = (shape: Shape): Float32Array =>
  Float32Array.from({ length: shape.reduce((product, n) => product * n, 1) }, (_, i) => i + 1);

function seen(augment: Augment | undefined, shape: Shape, seed = 1, step = 0): Float32Array {
  return tf.tidy(() => {
    const random = randomSource(tf, tf.tensor1d([...stepSeed(seed, step)], 'int32') as Tensor1D);
    const shown: Tensor = augmented(tf, tf.tensor(examples(shape), [...shape], 'float32'), augment, random);
    expect(shown.shape).toEqual(shape);
    return Float32Array.from(shown.dataSync());
  });
}

/** The images as JavaScript moves them: the pixel at (x, y) is read at what `from` gives, and is zero where that is outside. */
function moved(
  [n = 0, height = 0, width = 0, channels = 1]: Shape,
  i: number,
  from: (x: number, y: number) => [number, number],
) {
  const all = examples([n, height, width, channels]);
  const size = height * width * channels;
  return Float32Array.from({ length: size }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const [x, y] = from(pixel % width, Math.floor(pixel / width));
    if (x < 0 || y < 0 || x >= width || y >= height) return 0;
    return all[i * size + (y * width + x) * channels + (at % channels)] ?? Number.NaN;
  });
}

const imagesOf = (values: Float32Array, n: number): Float32Array[] =>
  Array.from({ length: n }, (_, i) => values.slice((i * values.length) / n, ((i + 1) * values.length) / n));

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 3, max: 9 }),
  fc.integer({ min: 3, max: 9 }),
  fc.integer({ min: 1, max: 3 }),
);
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('augmentations', () => {
  it('given nothing asked for, then the very tensor comes back and no operation runs', () => {
    const x = tf.tensor(examples([2, 3, 3, 1]), [2, 3, 3, 1]);
    const random = { uniform: () => expect.unreachable(), normal: () => expect.unreachable() };
    expect(augmented(tf, x, undefined, random)).toBe(x);
    expect(augmented(tf, x, {}, random)).toBe(x);
    x.dispose();
  });

  it('given a shift, then each image is itself moved by whole pixels within the bound, with zeros where it came from', () => {
    fc.assert(
      fc.property(shapes, seeds, fc.integer({ min: 1, max: 2 }), (shape, seed, most) => {
        const offsets = Array.from({ length: 2 * most + 1 }, (_, i) => i - most);
        imagesOf(seen({ shift: most }, shape, seed), shape[0]).forEach((image, i) => {
          const candidates = offsets.flatMap((dx) => offsets.map((dy) => moved(shape, i, (x, y) => [x + dx, y + dy])));
          expect(candidates).toContainEqual(image);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('given many images, then every shift within the bound comes, about equally often', () => {
    const shape = [900, 5, 5, 1];
    const middles = imagesOf(seen({ shift: 1 }, shape), 900).map((image, i) => (image[12] ?? 0) - i * 25 - 13);
    const counts = [-6, -5, -4, -1, 0, 1, 4, 5, 6].map((offset) => middles.filter((found) => found === offset).length);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(900);
    for (const n of counts) expect(n).toBeGreaterThan(60);
  });

  it.each(['horizontal', 'vertical', 'both'] as const)(
    'given a flip that is %s, then each image is itself or its mirror image, and both come',
    (flip) => {
      fc.assert(
        fc.property(shapes, seeds, (shape, seed) => {
          const [, height, width] = shape;
          const ways = [false, true].flatMap((h) => [false, true].map((v) => [h, v] as const));
          const right = ways.filter(([h, v]) => (!h || flip !== 'vertical') && (!v || flip !== 'horizontal'));
          imagesOf(seen({ flip }, shape, seed), shape[0]).forEach((image, i) => {
            const candidates = right.map(([h, v]) =>
              moved(shape, i, (x, y) => [h ? width - 1 - x : x, v ? height - 1 - y : y]),
            );
            expect(candidates).toContainEqual(image);
          });
        }),
        { numRuns: 40 },
      );
      const first = imagesOf(seen({ flip }, [400, 3, 3, 1]), 400).map((image, i) => (image[0] ?? 0) - i * 9 - 1);
      const corners = { horizontal: [0, 2], vertical: [0, 6], both: [0, 2, 6, 8] }[flip];
      for (const corner of corners)
        expect(first.filter((found) => found === corner).length).toBeGreaterThan(300 / corners.length);
    },
  );

  it('given the same flips twice, then it is the image as it was', () => {
    fc.assert(
      fc.property(shapes, seeds, (shape, seed) => {
        const twice = tf.tidy(() => {
          const random = randomSource(tf, tf.tensor1d([...stepSeed(seed, 3)], 'int32'));
          const once = augmented(tf, tf.tensor(examples(shape), [...shape]), { flip: 'both' }, random);
          return augmented(tf, once, { flip: 'both' }, random).dataSync();
        });
        expect(twice).toEqual(examples(shape));
      }),
      { numRuns: 40 },
    );
  });

  it('given a crop, then a ramp stays a ramp of a lower slope within the range of the image', () => {
    const [n, size, least] = [64, 16, 0.5];
    const slopes = imagesOf(seen({ crop: least }, [n, size, size]), n).map((image, i) => {
      const at = (x: number, y: number): number => (image[y * size + x] ?? 0) - i * size * size;
      const right = (at(10, 7) - at(5, 7)) / 5;
      const down = (at(7, 10) - at(7, 5)) / 5 / size;
      expect(right).toBeCloseTo(down, 2);
      expect(Math.min(...image) - i * size * size).toBeGreaterThanOrEqual(1);
      expect(Math.max(...image) - i * size * size).toBeLessThanOrEqual(size * size);
      return right;
    });
    expect(Math.min(...slopes)).toBeGreaterThanOrEqual(least - 1e-3);
    expect(Math.min(...slopes)).toBeLessThan(least + 0.1);
    expect(Math.max(...slopes)).toBeLessThanOrEqual(1 + 1e-3);
    expect(Math.max(...slopes)).toBeGreaterThan(0.9);
  });

  it('given noise, then it is normal with the standard deviation that was asked for, on examples of any shape', () => {
    const shape = [20, 500];
    const added = seen({ noise: 0.25 }, shape).map((value, i) => value - i - 1);
    const mean = added.reduce((sum, value) => sum + value, 0) / added.length;
    const deviation = Math.sqrt(added.reduce((sum, value) => sum + (value - mean) ** 2, 0) / added.length);
    expect(mean).toBeCloseTo(0, 1);
    expect(Math.abs(deviation - 0.25)).toBeLessThan(0.01);
  });

  const ALL: Augment = { shift: 2, flip: 'both', crop: 0.8, noise: 0.1 };

  it('given the same seed and step, then it is the same picture; given another one of either, then it is another', () => {
    for (const augment of [ALL, ...Object.entries(ALL).map(([key, value]) => ({ [key]: value }))]) {
      const once = seen(augment, [8, 9, 9, 2], 1, 5);
      expect(seen(augment, [8, 9, 9, 2], 1, 5)).toEqual(once);
      expect(seen(augment, [8, 9, 9, 2], 2, 5)).not.toEqual(once);
      expect(seen(augment, [8, 9, 9, 2], 1, 6)).not.toEqual(once);
    }
  });

  it('given one augmentation more, then the draws of the others stay', () => {
    const flipped = seen({ flip: 'both' }, [8, 5, 5, 1]);
    const noisy = seen({ flip: 'both', noise: 1e-4 }, [8, 5, 5, 1]);
    expect(noisy.map(Math.round)).toEqual(flipped);
  });

  it('given images without channels, then they are augmented like those of one channel', () => {
    expect(seen({ shift: 2, flip: 'both' }, [6, 7, 5])).toEqual(seen({ shift: 2, flip: 'both' }, [6, 7, 5, 1]));
  });

  it('given examples that are no images, then all but noise is refused for them', () => {
    for (const shape of [[12], [4, 4, 4, 1]]) {
      const problems = augmentProblems(ALL, shape);
      expect(problems.map(({ key }) => key)).toEqual(['crop', 'flip', 'shift']);
      expect(problems[0]?.message).toContain(`[${shape.join(', ')}]`);
    }
    expect(augmentProblems(ALL, [28, 28])).toEqual([]);
  });

  it('given a shift as long as the shorter side, then it is refused with the longest that is possible', () => {
    expect(augmentProblems({ shift: 8 }, [8, 12, 3])[0]?.allowed).toMatch(/^at most 7/);
    expect(augmentProblems({ shift: 7 }, [8, 12, 3])).toEqual([]);
  });
});

describe("augmentations on tfjs's own backend", () => {
  it('given a shift and a flip, then they are as exact as on TensorFlow', async () => {
    await tf.setBackend('cpu');
    try {
      const shape = [12, 5, 6, 2];
      const ways = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => [dx, dy] as const));
      imagesOf(seen({ shift: 1 }, shape), 12).forEach((image, i) => {
        expect(ways.map(([dx, dy]) => moved(shape, i, (x, y) => [x + dx, y + dy]))).toContainEqual(image);
      });
      imagesOf(seen({ flip: 'horizontal' }, shape), 12).forEach((image, i) => {
        expect([moved(shape, i, (x, y) => [x, y]), moved(shape, i, (x, y) => [5 - x, y])]).toContainEqual(image);
      });
    } finally {
      await tf.setBackend('tensorflow');
    }
  });
});
