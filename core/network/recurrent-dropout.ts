import type { Tensor } from '@tensorflow/tfjs';
import type { RandomSource } from './random-source.js';
import type { Tf } from './tf.js';

/** What of tfjs's recurrent layers is used here. */
interface RecurrentLayer {
  readonly cell: {
    dropoutFunc?: (ones: Tensor, rate: number) => Tensor;
    dropoutMask?: Tensor | Tensor[] | null;
    recurrentDropoutMask?: Tensor | Tensor[] | null;
  };
  call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[];
}

/** Places of one layer's draws: it has a mask for each gate, of its inputs and of its state. */
const PLACES_OF_A_LAYER = 1000;

/** Whether a layer is recurrent, with a cell of its own. */
export function isRecurrent(layer: object): boolean {
  return 'cell' in layer && typeof layer.cell === 'object' && layer.cell !== null;
}

/**
 * Lets `dropout` and `recurrentDropout` of a recurrent layer draw from `random`; tfjs draws their masks in JavaScript, and keeps them until
 * the layer's next call, which may never come.
 */
export function seedRecurrentDropout(tf: Tf, recurrent: object, place: number, random: () => RandomSource): void {
  const layer = recurrent as RecurrentLayer;
  const original = layer.call.bind(layer);
  let drawn = 0;
  layer.call = (inputs, kwargs) => {
    drawn = 0;
    const outputs = original(inputs, kwargs);
    const { dropoutMask, recurrentDropoutMask } = layer.cell;
    tf.dispose([dropoutMask ?? [], recurrentDropoutMask ?? []]);
    Object.assign(layer.cell, { dropoutMask: null, recurrentDropoutMask: null });
    return outputs;
  };
  layer.cell.dropoutFunc = (ones, rate) => {
    drawn += 1;
    const uniform = random().uniform(ones.shape, (place + 1) * PLACES_OF_A_LAYER + drawn);
    return uniform
      .greaterEqual(rate)
      .cast('float32')
      .mul(ones)
      .div(1 - rate);
  };
}
