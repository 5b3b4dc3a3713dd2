import {
  batchNorm,
  changed,
  conv,
  depthwise,
  fullyConnected,
  globalMean,
  type Layer,
  relu,
  sequential,
} from './sequential.js';

/**
 * Conv32-3×3, then depthwise separable blocks of 64, 64, 128 and 128 filters (MobileNet, Howard et al. 2017), the first and the third at
 * half the size of what they take, then the mean over positions and Dense10; batch norm and ReLU after every convolution: 37,706
 * parameters.
 */
export const mobileNet = sequential(
  'mobileNet',
  [28, 28, 1],
  [
    ...normed(changed(conv('stem', 32, 3, null), { padding: 'same', use_bias: false }), 'stem'),
    ...separable('block1', 64, 2),
    ...separable('block2', 64, 1),
    ...separable('block3', 128, 2),
    ...separable('block4', 128, 1),
    globalMean('mean'),
    fullyConnected('dense', 10, 'softmax'),
  ],
);

/** Each channel filtered by itself, then all of them mixed at each position. */
function separable(name: string, filters: number, stride: number): Layer[] {
  const [spatial, mixing] = [`${name}_depthwise`, `${name}_pointwise`];
  return [
    ...normed(depthwise(spatial, 3, stride), spatial),
    ...normed(changed(conv(mixing, filters, 1, null), { use_bias: false }), mixing),
  ];
}

function normed(layer: Layer, name: string): Layer[] {
  return [layer, batchNorm(`${name}_norm`), relu(`${name}_relu`)];
}
