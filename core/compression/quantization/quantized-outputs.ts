import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../network/tf.js';
import { type ActivationGrid, fakeQuantizedActivation } from './fake-quantization.js';

/**
 * Makes layers give their outputs on their grids from now on, in training and in inference alike.
 * @param model - whose layers have one output each
 * @param grids - by layer
 */
export function quantizeOutputs(
  tf: Tf,
  model: Pick<LayersModel, 'getLayer'>,
  grids: ReadonlyMap<string, ActivationGrid>,
): void {
  for (const [name, grid] of grids) {
    const layer = model.getLayer(name);
    const original = layer.call.bind(layer);
    layer.call = (inputs, kwargs) =>
      tf.tidy(() => fakeQuantizedActivation(tf, original(inputs, kwargs) as Tensor, grid));
  }
}

export type { ActivationGrid } from './fake-quantization.js';
