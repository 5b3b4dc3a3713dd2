import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import type { Tf } from './tf.js';

interface Weight {
  read(): Tensor;
}

/** What of tfjs's convolutions is used here. */
interface Convolution {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: string;
  readonly dilationRate: number | readonly number[];
  readonly kernel: Weight;
  readonly depthwiseKernel: Weight;
  readonly pointwiseKernel: Weight;
  readonly bias: Weight | null;
  readonly activation: { apply(x: Tensor): Tensor } | null;
  call(inputs: Tensor | Tensor[], kwargs: object): Tensor;
  computeOutputShape(shape: unknown): unknown;
}

/** The convolution itself, of windows without gaps on an input without padding. */
type Convolve = (layer: Convolution, x: Tensor) => Tensor;

/**
 * Mends what tfjs's convolutions lack: dilation, which DepthwiseConv2D leaves out without a word and the others have no gradient for, and
 * the causal padding of Conv1D.
 */
export function registerWidenedConvolutions(tf: Tf): void {
  const { layers } = tf;
  const size = { filters: 1, kernelSize: 1 };
  const pair = ({ strides }: Convolution): [number, number] => strides as [number, number];
  const triple = ({ strides }: Convolution): [number, number, number] => strides as [number, number, number];
  const conv1d = mend(tf, layers.conv1d(size), (layer, x) =>
    tf.conv1d(x as Tensor3D, layer.kernel.read() as Tensor3D, layer.strides[0] ?? 1, 'valid'),
  );
  mend(tf, layers.conv2d(size), (layer, x) =>
    tf.conv2d(x as Tensor4D, layer.kernel.read() as Tensor4D, pair(layer), 'valid'),
  );
  mend(tf, layers.conv3d(size), (layer, x) =>
    tf.conv3d(x as Tensor5D, layer.kernel.read() as Tensor5D, triple(layer), 'valid'),
  );
  const depthwise = mend(tf, layers.depthwiseConv2d(size), (layer, x) =>
    tf.depthwiseConv2d(x as Tensor4D, layer.depthwiseKernel.read() as Tensor4D, pair(layer), 'valid'),
  );
  mend(tf, layers.separableConv2d(size), (layer, x) => {
    const [inner, outer] = [layer.depthwiseKernel.read(), layer.pointwiseKernel.read()] as [Tensor4D, Tensor4D];
    return tf.separableConv2d(x as Tensor4D, inner, outer, pair(layer), 'valid');
  });
  // A causal output is as long as that of `same`, and a dilated window as wide as one of that many weights.
  reshape(conv1d, ({ padding }) => ({ padding: padding === 'causal' ? 'same' : padding }));
  reshape(depthwise, (layer) => ({ kernelSize: reaches(layer).map((reach) => reach + 1) }));
}

/** Gives all layers of the sample's class another call where theirs won't do; the class. */
function mend(tf: Tf, sample: object, convolve: Convolve): Convolution {
  const type = Object.getPrototypeOf(sample) as Convolution;
  const original = type.call;
  type.call = function (this: Convolution, inputs, kwargs) {
    if (this.padding !== 'causal' && dilationsOf(this).every((dilation) => dilation === 1))
      return original.call(this, inputs, kwargs);
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
      const sums = widened(tf, this, x, convolve);
      const biased = this.bias === null ? sums : sums.add(this.bias.read());
      return this.activation === null ? biased : this.activation.apply(biased);
    });
  };
  return type;
}

/** Lets a class work out its output's shape as if its layers had other settings. */
function reshape(type: Convolution, settings: (layer: Convolution) => Partial<Convolution>): void {
  const original = type.computeOutputShape;
  type.computeOutputShape = function (this: Convolution, shape) {
    return original.call(Object.assign(Object.create(this) as Convolution, settings(this)), shape);
  };
}

/**
 * A convolution whose windows have gaps: each of the interleaved parts of the padded input is convolved by itself, without any (à trous, as
 * Keras's own `with_space_to_batch` did it). Every part of it has a gradient.
 */
function widened(tf: Tf, layer: Convolution, x: Tensor, convolve: Convolve): Tensor {
  const dilations = dilationsOf(layer);
  const pads = reaches(layer).map((reach) => paddingOf(layer.padding, reach));
  const rests = dilations.map((dilation, i) => {
    const [before, after] = pads[i] as [number, number];
    return (dilation - ((before + (x.shape[i + 1] ?? 0) + after) % dilation)) % dilation;
  });
  const parts = tf.spaceToBatchND(
    x,
    dilations,
    pads.map(([before, after], i) => [before, after + (rests[i] ?? 0)]),
  );
  return tf.batchToSpaceND(
    convolve(layer, parts),
    dilations,
    rests.map((rest) => [0, rest]),
  );
}

/** How far a window reaches beyond its first place, along each axis. */
function reaches(layer: Convolution): number[] {
  const dilations = dilationsOf(layer);
  return layer.kernelSize.map((size, i) => (size - 1) * (dilations[i] ?? 1));
}

function dilationsOf({ dilationRate, kernelSize }: Convolution): number[] {
  const list = [dilationRate].flat() as number[];
  return kernelSize.map((_, i) => list[i] ?? list[0] ?? 1);
}

function paddingOf(padding: string, reach: number): [before: number, after: number] {
  if (padding === 'causal') return [reach, 0];
  if (padding === 'valid') return [0, 0];
  const before = Math.floor(reach / 2);
  return [before, reach - before];
}
