import type { Channels } from '../kernels.js';
import type { MeasuredTensor, WidthChoice } from './mixed-precision.js';
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
export async function measureWidths(
  kernels: readonly QuantizableKernel[],
  scheme: Scheme,
  lossWith: (values: ReadonlyMap<string, Float32Array>) => Promise<number>,
): Promise<MeasuredTensor[]> {
  const loss = await lossWith(new Map());
  const measured: MeasuredTensor[] = [];
  for (const { name, values, channels } of kernels) {
    const widths: WidthChoice[] = [];
    for (const bits of WIDTHS) {
      const rounded = dequantize(quantize(values, channels, { scheme, bits }));
      widths.push({ bits, lossIncrease: (await lossWith(new Map([[name, rounded]]))) - loss });
    }
    measured.push({ name, size: values.length, widths });
  }
  return measured;
}
