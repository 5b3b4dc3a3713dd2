import { functional, type Placed } from './functional.js';
import { batchNorm, changed, conv, fullyConnected, globalMean, type Layer, relu } from './sequential.js';

/**
 * Conv16-3×3, then residual blocks of 16, 32 and 64 filters (He et al. 2016), the last two at half the size of what they take, then the
 * mean over positions and Dense10; batch norm after every convolution: 78,426 parameters.
 */
export const residualCnn = functional(
  'residualCnn',
  [28, 28, 1],
  [
    ...normed('stem', 16, 3, 1, 'input'),
    place(relu('stem_relu'), 'stem_norm'),
    ...block('block1', 16, 1, 'stem_relu'),
    ...block('block2', 32, 2, 'block1_relu'),
    ...block('block3', 64, 2, 'block2_relu'),
    place(globalMean('mean'), 'block3_relu'),
    place(fullyConnected('dense', 10, 'softmax'), 'mean'),
  ],
);

/** Two convolutions beside a shortcut, which is the input itself or, where the size changes, a projection of it. */
function block(name: string, filters: number, stride: number, from: string): Placed[] {
  const [first, second, projection] = [`${name}_1`, `${name}_2`, `${name}_projection`];
  return [
    ...normed(first, filters, 3, stride, from),
    place(relu(`${first}_relu`), `${first}_norm`),
    ...normed(second, filters, 3, 1, `${first}_relu`),
    ...(stride === 1 ? [] : normed(projection, filters, 1, stride, from)),
    place(
      { class_name: 'Add', config: { name: `${name}_add` } },
      `${second}_norm`,
      stride === 1 ? from : `${projection}_norm`,
    ),
    place(relu(`${name}_relu`), `${name}_add`),
  ];
}

/** A convolution with `same` padding and its batch norm, `NAME_norm`, which has the bias. */
function normed(name: string, filters: number, size: number, stride: number, from: string): Placed[] {
  const convolved = changed(conv(name, filters, size, null), {
    strides: [stride, stride],
    padding: 'same',
    use_bias: false,
  });
  return [place(convolved, from), place(batchNorm(`${name}_norm`), name)];
}

function place(layer: Layer, ...from: readonly string[]): Placed {
  return { ...layer, from };
}
