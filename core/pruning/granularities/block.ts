import { sizeOf } from '../../models/named-tensor.js';
import { numberOf, type Settings } from '../../registry/index.js';
import type { KernelShape, MaskGranularity } from './granularity.js';

/**
 * Rectangles of a kernel's matrix [in, out], or [kh · kw · in, out], become zero together; those at its ends may be smaller. Scores are
 * pooled as tfmot pools |w|: with padding `SAME`, which it puts at both ends while its blocks start at the first row and column. So where
 * a side is not a multiple of the block's by two or more, a block goes by the scores of a window beside it.
 */
export const block: MaskGranularity = {
  name: 'block',
  kind: 'mask',
  summary: 'Rectangles of a kernel’s matrix become zero together.',
  source: 'tfmot 0.8.1, Narang et al. 2017',
  settings: {
    height: { kind: 'number', description: 'Rows of a block: inputs.', default: 4, minimum: 1, integer: true },
    width: { kind: 'number', description: 'Columns of a block: outputs.', default: 4, minimum: 1, integer: true },
    pooling: {
      kind: 'choice',
      description: 'What of its weights’ scores is the score of a block.',
      default: 'avg',
      choices: ['avg', 'max'],
    },
  },
  atomOf: (kernel, settings) => {
    const columns = columnsOf(kernel);
    const [height, width] = sidesOf(settings);
    const across = Math.ceil(columns / width);
    return new Uint32Array(sizeOf(kernel.shape)).map((_, i) => {
      const row = Math.floor(i / columns);
      return Math.floor(row / height) * across + Math.floor((i % columns) / width);
    });
  },
  pool: (kernel, scores, settings) => {
    const [height, width] = sidesOf(settings);
    const over = settings['pooling'] === 'max' ? greatest : mean;
    const rows = pooledRows({ values: scores, columns: columnsOf(kernel) }, height, over);
    return transposed(pooledRows(transposed(rows), width, over)).values;
  },
  unfit: ({ shape }) =>
    shape.length >= 2
      ? null
      : { message: `It has ${shape.length} axis and no matrix of blocks`, allowed: 'a kernel of two axes or more' },
};

/** Row-major. */
interface Matrix {
  readonly values: Float32Array;
  readonly columns: number;
}

function columnsOf({ shape }: Pick<KernelShape, 'shape'>): number {
  return shape.at(-1) ?? 1;
}

function sidesOf(settings: Settings): readonly [height: number, width: number] {
  return [numberOf(settings, 'height'), numberOf(settings, 'width')];
}

/** Pools each `window` rows that lie on each other to one, with the padding `SAME`; what lies outside counts in nothing. */
function pooledRows({ values, columns }: Matrix, window: number, over: typeof mean): Matrix {
  const rows = values.length / columns;
  const windows = Math.ceil(rows / window);
  const before = Math.floor((windows * window - rows) / 2);
  const pooled = new Float32Array(windows * columns);
  for (let i = 0; i < pooled.length; i++) {
    const column = i % columns;
    const from = Math.floor(i / columns) * window - before;
    const [first, end] = [Math.max(0, from), Math.min(rows, from + window)];
    pooled[i] = over(values, first * columns + column, end * columns, columns);
  }
  return { values: pooled, columns };
}

/** Mean of every `step`th value from one place to before another; in float32, as TensorFlow adds. */
function mean(values: Float32Array, from: number, end: number, step: number): number {
  let [sum, count] = [0, 0];
  for (let i = from; i < end; i += step) {
    sum = Math.fround(sum + (values[i] ?? 0));
    count++;
  }
  return sum / count;
}

/** The largest of every `step`th value from one place to before another. */
function greatest(values: Float32Array, from: number, end: number, step: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = from; i < end; i += step) largest = Math.max(largest, values[i] ?? 0);
  return largest;
}

function transposed({ values, columns }: Matrix): Matrix {
  const rows = values.length / columns;
  return { columns: rows, values: values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0) };
}
