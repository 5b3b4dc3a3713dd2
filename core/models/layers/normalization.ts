import {
  type Describe,
  FIXED,
  integers,
  type LayerDescription,
  only,
  type Parameter,
  passing,
  type ReadWeight,
  unsupported,
  vector,
} from './description.js';

type Config = Parameters<Describe>[0];

/** Axes of an example up to which tfjs's norms run. */
export const TFJS_NORM_AXES = 3;
const FEW_AXES = `an input of at most ${TFJS_NORM_AXES} axes beside that of the batch`;

/**
 * BatchNormalization: gamma, beta, moving mean and variance of each feature (Ioffe and Szegedy 2015). Over another axis than the last one it
 * shifts a silent feature by position, so that none can be removed before it.
 */
export const batchNormalization: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const [axis = -1] = axesOf(config, shape.length);
  const isLast = axis === shape.length;
  if (!isLast && shape.length > TFJS_NORM_AXES)
    throw unsupported(
      layer,
      'normalizes another axis than the last of many',
      `axis ${axis} of ${shape.length}`,
      `the last axis, or ${FEW_AXES}`,
    );
  const size = [shape[axis - 1] ?? 1];
  const axes = [isLast ? ({ role: 'feature' } as const) : FIXED];
  return {
    output: shape,
    parameters: [
      ...scaleAndCenter(config, size, axes),
      vector('moving_mean', size, axes, 'Zeros', false),
      vector('moving_variance', size, axes, 'Ones', false),
    ],
    flow: isLast
      ? passing(1, ([value = 0], feature, weights) => normalized(config, value, feature, weights))
      : { kind: 'mixes' },
    activation: null,
  };
};

/**
 * LayerNormalization (Ba et al. 2016). Mean and variance over the features change with each that goes, so that none can be removed before it;
 * over other axes alone, and without beta, a feature that is the same everywhere gives zero.
 */
export const layerNormalization: Describe = (config, inputs, layer): LayerDescription => {
  const shape = only(inputs, layer);
  const axes = axesOf(config, shape.length);
  if (shape.length > TFJS_NORM_AXES)
    throw unsupported(layer, 'normalizes an input of too many axes', `[${shape.join(', ')}]`, FEW_AXES);
  const size = axes.map((axis) => shape[axis - 1] ?? 1);
  const separate = !axes.includes(shape.length) && config['center'] === false;
  return {
    output: shape,
    parameters: scaleAndCenter(
      config,
      size,
      axes.map(() => FIXED),
    ),
    flow: separate ? passing(1, () => 0) : { kind: 'mixes' },
    activation: null,
  };
};

function normalized(config: Config, value: number, feature: number, weights: ReadWeight): number {
  const of = (parameter: string): number => weights(parameter)[feature] ?? 0;
  const epsilon = typeof config['epsilon'] === 'number' ? config['epsilon'] : 1e-3;
  const gamma = config['scale'] === false ? 1 : of('gamma');
  const beta = config['center'] === false ? 0 : of('beta');
  return (gamma * (value - of('moving_mean'))) / Math.sqrt(of('moving_variance') + epsilon) + beta;
}

function scaleAndCenter(config: Config, size: readonly number[], axes: Parameter['axes']): Parameter[] {
  return [
    ...(config['scale'] === false ? [] : [vector('gamma', size, axes, 'Ones')]),
    ...(config['center'] === false ? [] : [vector('beta', size, axes, 'Zeros')]),
  ];
}

/** Axes that are normalised, counted from 1 for the first one after the batch. */
function axesOf(config: Config, rank: number): number[] {
  const { axis } = config;
  return integers(config, 'axis', Array.isArray(axis) ? axis.length : 1, -1).map((each) =>
    each < 0 ? rank + 1 + each : each,
  );
}
