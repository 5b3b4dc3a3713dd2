import type { PreparedData } from '../../core/datasets/prepare.js';

/** Examples of some shape, entries between −1 and 1, and labels that take turns; all of them train. */
export function examplesOf(examples: number, exampleShape: readonly number[], classes: number): PreparedData {
  const size = exampleShape.reduce((product, n) => product * n, 1);
  return {
    x: Float32Array.from({ length: examples * size }, (_, i) => Math.sin(i * 12.9898 + i * i * 0.001)),
    exampleShape,
    labels: Int32Array.from({ length: examples }, (_, i) => (i * 7 + (i >> 2)) % classes),
    classes,
    train: Int32Array.from({ length: examples }, (_, i) => i),
    validation: Int32Array.of(0, 1, 2),
    test: Int32Array.of(3, 4, 5),
  };
}
