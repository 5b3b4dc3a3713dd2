import type { Tensor } from '@tensorflow/tfjs';
import { lstmOutputs, trainedLastOutput, trainedLstmOutputs } from './lstm.js';
import { isSecondTapeOn } from './native/tape.js';
import type { Tf } from './tf.js';

interface Weight {
  read(): Tensor;
}

/** What of tfjs's LSTM layer is used here. */
export interface LstmLayer {
  readonly stateful: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly cell: {
    readonly kernel: Weight;
    readonly recurrentKernel: Weight;
    readonly bias: Weight | null;
    readonly dropout: number;
    readonly recurrentDropout: number;
    readonly activation: { getClassName(): string };
    readonly recurrentActivation: { getClassName(): string };
  };
  call(inputs: Tensor | Tensor[], kwargs: LstmCall): Tensor | Tensor[];
}

interface LstmCall {
  readonly training?: boolean;
  readonly mask?: unknown;
  readonly initialState?: unknown;
}

/** Lets a plain LSTM compute the inputs' part of all time steps at once; any other one stays as tfjs has it. */
export function adaptLstm(tf: Tf, layer: LstmLayer): void {
  const original = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    if (!isPlain(layer, inputs, kwargs)) return original(inputs, kwargs);
    const { kernel, recurrentKernel, bias } = layer.cell;
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
      const inOrder = layer.goBackwards ? x.reverse(1) : x;
      const weights = {
        kernel: kernel.read(),
        recurrentKernel: recurrentKernel.read(),
        bias: bias === null || bias === undefined ? null : bias.read(),
      };
      const isTrained = kwargs.training === true && !isSecondTapeOn(tf);
      if (isTrained && !layer.returnSequences) return trainedLastOutput(tf, inOrder, weights);
      const outputs = (isTrained ? trainedLstmOutputs : lstmOutputs)(tf, inOrder, weights);
      return layer.returnSequences ? tf.stack(outputs, 1) : (outputs.at(-1) as Tensor);
    });
  };
}

function isPlain({ stateful, returnState, cell }: LstmLayer, inputs: Tensor | Tensor[], kwargs: LstmCall): boolean {
  const usual = cell.activation.getClassName() === 'tanh' && cell.recurrentActivation.getClassName() === 'sigmoid';
  const isOne = !Array.isArray(inputs) || inputs.length === 1;
  const isGiven = (kwargs.mask ?? kwargs.initialState ?? null) !== null;
  const drops = kwargs.training === true && cell.dropout + cell.recurrentDropout > 0;
  return usual && isOne && !isGiven && !drops && !stateful && !returnState;
}
