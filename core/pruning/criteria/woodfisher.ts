import { numberOf } from '../../registry/index.js';
import type { Criterion } from './criterion.js';
import { FISHER_EXAMPLES } from './obd.js';

/**
 * Diagonal of the inverse of damping·I + (1/N) Σ g·gᵀ, of which only square blocks along the diagonal are looked at: one example after
 * another by the formula of Sherman and Morrison, in float64.
 * @param gradients - rows [examples, size]
 */
export function inverseFisherDiagonal(
  gradients: Float32Array,
  examples: number,
  blockSize: number,
  damping: number,
): Float64Array {
  const size = gradients.length / examples;
  const diagonal = new Float64Array(size);
  for (let from = 0; from < size; from += blockSize) {
    const width = Math.min(blockSize, size - from);
    const inverse = new Float64Array(width * width);
    for (let i = 0; i < width; i++) inverse[i * (width + 1)] = 1 / damping;
    for (let example = 0; example < examples; example++) {
      const start = example * size + from;
      addExample(inverse, gradients.subarray(start, start + width), examples);
    }
    for (let i = 0; i < width; i++) diagonal[from + i] = inverse[i * (width + 1)] ?? 0;
  }
  return diagonal;
}

/** F⁻¹ becomes F⁻¹ − F⁻¹·g·gᵀ·F⁻¹ / (N + gᵀ·F⁻¹·g). */
function addExample(inverse: Float64Array, gradient: Float32Array, examples: number): void {
  const width = gradient.length;
  const product = new Float64Array(width);
  let divisor = examples;
  for (let i = 0; i < width; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += (inverse[i * width + j] ?? 0) * (gradient[j] ?? 0);
    product[i] = sum;
    divisor += sum * (gradient[i] ?? 0);
  }
  for (let i = 0; i < width; i++) {
    const factor = (product[i] ?? 0) / divisor;
    if (factor === 0) continue;
    for (let j = 0; j < width; j++) inverse[i * width + j] = (inverse[i * width + j] ?? 0) - factor * (product[j] ?? 0);
  }
}

/** w² / (2·[F⁻¹]ᵢᵢ): the change of the loss to second order once the block's other weights have made up for it as well as they can. */
export const WOODFISHER: Criterion = {
  name: 'woodfisher',
  summary: 'Change of the loss to second order with blocks of the inverse Fisher information: w²/(2·F⁻¹).',
  source: 'Singh and Alistarh 2020',
  measures: true,
  settings: {
    blockSize: {
      kind: 'number',
      description: 'Weights of a block, side by side in the kernel.',
      default: 50,
      minimum: 1,
      maximum: 1000,
      integer: true,
    },
    damping: {
      kind: 'number',
      description: 'What is added to the diagonal of the Fisher information.',
      default: 1e-5,
      minimum: 0,
      exclusive: 'minimum',
    },
    examples: FISHER_EXAMPLES,
  },
  weights({ weight, values }, evidence, settings) {
    const gradients = evidence.exampleGradients(weight, numberOf(settings, 'examples'));
    const diagonal = inverseFisherDiagonal(
      gradients.values,
      gradients.examples,
      numberOf(settings, 'blockSize'),
      numberOf(settings, 'damping'),
    );
    return values.map((value, i) => value ** 2 / (2 * (diagonal[i] ?? 1)));
  },
};
