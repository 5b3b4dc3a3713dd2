import type { Channels } from '../kernels.js';
import type { MeasuredTensor } from './mixed-precision.js';
import { dequantize, quantize, type Scheme } from './quantize.js';

/** Widths that mixed precision chooses from. */
export const WIDTHS = [4, 8, 16] as const;

/** A kernel and the channels that its scales belong to. */
export interface QuantizableKernel {
  readonly name: string;
  readonly values: Float32Array;
  readonly channels: Channels;
}

/**
 * How much the loss grows where one kernel alone is quantized, for each kernel and width.
 * @param lossWith - loss of the model with other values for some weights
 */
export function measureWidths(
  kernels: readonly QuantizableKernel[],
  scheme: Scheme,
  lossWith: (values: ReadonlyMap<string, Float32Array>) => number,
): MeasuredTensor[] {
  const loss = lossWith(new Map());
  return kernels.map(({ name, values, channels }) => {
    const widths = WIDTHS.map((bits) => {
      const rounded = dequantize(quantize(values, channels, { scheme, bits }));
      return { bits, lossIncrease: lossWith(new Map([[name, rounded]])) - loss };
    });
    return { name, size: values.length, widths };
  });
}
