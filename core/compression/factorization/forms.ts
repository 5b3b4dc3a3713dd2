import { type Matrix, matrixOf } from '../../linear-algebra/matrix.js';
import type { LayerConfig, LayerNode } from '../../models/topology.js';

/** How a convolution is taken apart. */
export type ConvolutionForm = 'channel' | 'spatial';

/** How one layer becomes two whose kernels multiply to its own. The first is linear and has no bias; the second has what the layer had. */
export interface Form {
  readonly kind: 'dense' | ConvolutionForm;
  /** The two layers' configs but for their names. */
  readonly configs: (rank: number) => readonly [first: LayerConfig, second: LayerConfig];
  /** The kernel as the matrix whose rank counts. */
  readonly matrix: (kernel: Float32Array) => Matrix;
  /** The second layer's kernel from the right factor [rank, n]; the first layer's is the left factor as it lies. */
  readonly secondKernel: (right: Matrix) => Float64Array;
}

/**
 * The form for a layer, null where it has none.
 * - Dense: [in, units] as [in, rank] · [rank, units].
 * - `channel`: a convolution of the same window to `rank` filters, then one of window 1 (Zhang et al. 2016).
 * - `spatial`: a convolution over the rows, then one over the columns (Jaderberg et al. 2014, scheme 2); Conv2D with a window of more than
 *   one row and column, others are of the form `channel`.
 * @param shape - of the kernel
 */
export function formOf(node: LayerNode, shape: readonly number[], convolutions: ConvolutionForm): Form | null {
  switch (node.className) {
    case 'Dense':
      return byUnits('dense', node.config, shape, 'units', {});
    case 'Conv1D':
    case 'Conv2D': {
      const { groups = 1 } = node.config;
      if (groups !== 1) return null;
      const window = shape.slice(0, -2);
      const isFlat = window.length !== 2 || window.includes(1);
      return convolutions === 'spatial' && !isFlat ? byWindow(node.config, shape) : channelForm(node.config, shape);
    }
    default:
      return null;
  }
}

function channelForm(config: LayerConfig, shape: readonly number[]): Form {
  const ones = shape.slice(0, -2).map(() => 1);
  const single = { kernel_size: ones, strides: ones, dilation_rate: ones, padding: 'valid' };
  return byUnits('channel', config, shape, 'filters', single);
}

/** All but the last axis against the last. */
function byUnits(
  kind: 'dense' | 'channel',
  config: LayerConfig,
  shape: readonly number[],
  unitsKey: string,
  second: LayerConfig,
): Form {
  const units = shape.at(-1) ?? 1;
  return {
    kind,
    configs: (rank) => [
      { ...linear(config), [unitsKey]: rank },
      { ...inner(config), ...second },
    ],
    matrix: (kernel) => matrixOf(kernel.length / units, units, kernel),
    secondKernel: ({ values }) => values,
  };
}

/** Rows and input channels against columns and filters. */
function byWindow(config: LayerConfig, [height = 1, width = 1, channels = 1, filters = 1]: readonly number[]): Form {
  const [strides, dilation] = [pair(config['strides']), pair(config['dilation_rate'])];
  return {
    kind: 'spatial',
    configs: (rank) => [
      {
        ...linear(config),
        filters: rank,
        kernel_size: [height, 1],
        strides: [strides[0], 1],
        dilation_rate: [dilation[0], 1],
      },
      { ...inner(config), kernel_size: [1, width], strides: [1, strides[1]], dilation_rate: [1, dilation[1]] },
    ],
    matrix: (kernel) => {
      const values = new Float64Array(kernel.length);
      kernel.forEach((value, at) => {
        const [filter, channel] = [at % filters, Math.floor(at / filters) % channels];
        const position = Math.floor(at / (filters * channels));
        const [row, column] = [Math.floor(position / width), position % width];
        values[((row * channels + channel) * width + column) * filters + filter] = value;
      });
      return { rows: height * channels, columns: width * filters, values };
    },
    secondKernel: ({ rows: rank, values }) => {
      const kernel = new Float64Array(values.length);
      values.forEach((value, at) => {
        const [filter, column, k] = [
          at % filters,
          Math.floor(at / filters) % width,
          Math.floor(at / (filters * width)),
        ];
        kernel[(column * rank + k) * filters + filter] = value;
      });
      return kernel;
    },
  };
}

/** A first layer's config: neither activation nor bias. */
function linear(config: LayerConfig): LayerConfig {
  return { ...config, activation: 'linear', use_bias: false };
}

/** The config of a layer that isn't the model's first. */
function inner({ batch_input_shape: _, ...config }: LayerConfig): LayerConfig {
  return config;
}

/** The two numbers of a config that may give one for both. */
function pair(value: unknown): readonly [number, number] {
  const [first = 1, second = first] = (Array.isArray(value) ? value : [value ?? 1]) as number[];
  return [first, second];
}
