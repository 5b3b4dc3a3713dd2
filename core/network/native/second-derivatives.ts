import type { NamedAttrMap, NamedTensorMap, Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import { Attributes, type NativeBackend } from './backend.js';
import { isTapeOn } from './tape.js';

const MAX_POOL_SECOND = 'PrunefrontMaxPoolGradGrad';

/**
 * Registers the derivatives of gradient kernels that tfjs has none of, so that gradients of gradients can be taken: of convolutions, of
 * pooling, of activations, and of comparisons. The gradients themselves stay as they are.
 */
export function registerSecondDerivatives(tf: Tf, backend: NativeBackend): void {
  registerConvolutions(tf);
  registerPooling(tf, backend);
  registerActivations(tf);
  registerComparisons(tf);
}

function run(tf: Tf, kernel: string, inputs: Readonly<Record<string, Tensor>>, attributes: object): Tensor {
  return tf.engine().runKernel(kernel, inputs as NamedTensorMap, attributes as NamedAttrMap) as Tensor;
}

/** The gradient with respect to a filter is linear in both inputs: what was convolved, x, and dy. That with respect to x is so, too. */
function registerConvolutions(tf: Tf): void {
  tf.registerGradient({
    kernelName: 'Conv2DBackpropFilter',
    inputsToSave: ['x', 'dy'],
    gradFunc: (given, [x, dy], { filterShape: _, ...attributes }) => {
      const filter = given as Tensor;
      return {
        x: () =>
          run(
            tf,
            'Conv2DBackpropInput',
            { dy: dy as Tensor, filter },
            { ...attributes, inputShape: (x as Tensor).shape },
          ),
        dy: () => run(tf, 'Conv2D', { x: x as Tensor, filter }, { ...attributes, dilations: 1 }),
      };
    },
  });
  tf.registerGradient({
    kernelName: 'DepthwiseConv2dNativeBackpropFilter',
    inputsToSave: ['x', 'dy'],
    gradFunc: (given, [x, dy], { filterShape: _, ...attributes }) => {
      const filter = given as Tensor;
      return {
        x: () =>
          run(
            tf,
            'DepthwiseConv2dNativeBackpropInput',
            { dy: dy as Tensor, filter },
            { ...attributes, inputShape: (x as Tensor).shape },
          ),
        dy: () => run(tf, 'DepthwiseConv2dNative', { x: x as Tensor, filter }, { ...attributes, dataFormat: 'NHWC' }),
      };
    },
  });
  tf.registerGradient({
    kernelName: 'DepthwiseConv2dNativeBackpropInput',
    inputsToSave: ['dy', 'filter'],
    gradFunc: (given, [dy, filter], { inputShape: _, ...attributes }) => {
      const x = given as Tensor;
      return {
        dy: () =>
          run(tf, 'DepthwiseConv2dNative', { x, filter: filter as Tensor }, { ...attributes, dataFormat: 'NHWC' }),
        filter: () =>
          run(
            tf,
            'DepthwiseConv2dNativeBackpropFilter',
            { x, dy: dy as Tensor },
            { ...attributes, filterShape: (filter as Tensor).shape },
          ),
      };
    },
  });
}

/** Which value of a window is the largest does not change with an infinitesimal step: only dy has a derivative. */
function registerPooling(tf: Tf, backend: NativeBackend): void {
  const attributes = new Attributes(backend.binding);
  // As a kernel, so that tfjs refuses a third derivative, which this isn't prepared for.
  tf.registerKernel({
    kernelName: MAX_POOL_SECOND,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs }) => {
      const { ddx, input, output } = inputs as Record<'ddx' | 'input' | 'output', Tensor>;
      const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes;
      const shape = input.shape as Tensor4D['shape'];
      const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
      return backend.executeSingleOutput(
        'MaxPoolGradGrad',
        [
          attributes.type('T', 'float32'),
          attributes.integer('ksize', [1, info.filterHeight, info.filterWidth, 1]),
          attributes.integer('strides', [1, info.strideHeight, info.strideWidth, 1]),
          attributes.text('padding', info.padInfo.type),
          attributes.text('data_format', 'NHWC'),
        ],
        [input, output, ddx],
      );
    },
  });
  tf.registerGradient({
    kernelName: 'MaxPoolGrad',
    inputsToSave: ['input', 'output'],
    gradFunc: (ddx, [input, output], attrs) => ({
      dy: () =>
        run(tf, MAX_POOL_SECOND, { ddx: ddx as Tensor, input: input as Tensor, output: output as Tensor }, attrs),
      input: () => tf.zerosLike(input as Tensor),
      output: () => tf.zerosLike(output as Tensor),
    }),
  });
  tf.registerGradient({
    kernelName: 'AvgPoolGrad',
    inputsToSave: ['input'],
    gradFunc: (ddx, [input], attrs) => ({
      dy: () => run(tf, 'AvgPool', { x: ddx as Tensor }, attrs),
      input: () => tf.zerosLike(input as Tensor),
    }),
  });
}

interface PoolAttributes {
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly pad: 'valid' | 'same';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * tfjs writes these gradients in terms of the output y, and takes y for a constant in second derivatives, silently. Where a second
 * derivative is asked for, y is computed from x once more, so that it isn't.
 */
function registerActivations(tf: Tf): void {
  const outputs: Readonly<Record<string, { readonly input: string; of(x: Tensor, attributes: NamedAttrMap): Tensor }>> =
    {
      Sigmoid: { input: 'x', of: (x) => tf.sigmoid(x) },
      Tanh: { input: 'x', of: (x) => tf.tanh(x) },
      Exp: { input: 'x', of: (x) => tf.exp(x) },
      Softmax: { input: 'logits', of: (x, { dim }) => tf.softmax(x, dim as number) },
    };
  for (const [kernelName, { input, of }] of Object.entries(outputs)) {
    const { gradFunc } = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: [input],
      outputsToSave: [true],
      gradFunc: (dy, [x, y], attrs) => gradFunc(dy, [isTapeOn(tf) ? of(x as Tensor, attrs) : (y as Tensor)], attrs),
    });
  }
  const elu = tf.getGradient('Elu').gradFunc;
  tf.unregisterGradient('Elu');
  tf.registerGradient({
    kernelName: 'Elu',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [given, y], attrs) => {
      if (!isTapeOn(tf)) return elu(dy, [y as Tensor], attrs);
      const x = given as Tensor;
      return { x: () => (dy as Tensor).mul(tf.where(x.greaterEqual(0), tf.onesLike(x), tf.exp(x.minimum(0)))) };
    },
  });
}

/** What is compared in a gradient, as of x with 0, has no part in its derivative; tfjs knows that of one comparison only. */
function registerComparisons(tf: Tf): void {
  const zeros = (x: Tensor | undefined) => (): Tensor => tf.zeros(x?.shape ?? []);
  for (const kernelName of ['Greater', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'])
    tf.registerGradient({
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (_, [a, b]) => ({ a: zeros(a), b: zeros(b) }),
    });
}
