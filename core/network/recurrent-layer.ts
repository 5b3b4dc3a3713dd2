import type { Tensor } from '@tensorflow/tfjs';
import { GRU } from './gru.js';
import { LSTM } from './lstm.js';
import { isSecondTapeOn } from './native/tape.js';
import type { RecurrentKind } from './recurrent-steps.js';
import { RESET_AFTER_GRU, withBiasRow } from './reset-after-gru.js';
import type { Tf } from './tf.js';

interface Weight {
  read(): Tensor;
}

/** What of tfjs's recurrent layers is used here. */
interface RecurrentLayer {
  readonly stateful: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly cell: {
    readonly kernel: Weight;
    readonly recurrentKernel: Weight;
    readonly bias: Weight | null;
    readonly resetAfter?: boolean;
    readonly dropout: number;
    readonly recurrentDropout: number;
    readonly activation: { getClassName(): string };
    readonly recurrentActivation: { getClassName(): string };
  };
  getClassName(): string;
  call(inputs: Tensor | Tensor[], kwargs: RecurrentCall): Tensor | Tensor[];
}

interface RecurrentCall {
  readonly training?: boolean;
  readonly mask?: unknown;
  readonly initialState?: unknown;
}

type AnyKind = Pick<RecurrentKind<{ readonly h: Tensor }>, 'outputs' | 'trainedOutputs' | 'trainedLastOutput'>;

const KINDS: Readonly<Record<string, AnyKind>> = { LSTM, GRU };

/** Lets a plain LSTM or GRU compute the inputs' part of all time steps at once; any other layer stays as tfjs has it. */
export function adaptRecurrent(tf: Tf, given: object): void {
  const layer = given as RecurrentLayer;
  const isResetAfter = layer.cell.resetAfter === true;
  const kind = isResetAfter ? RESET_AFTER_GRU : KINDS[layer.getClassName()];
  if (kind === undefined) return;
  const original = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    if (!isPlain(layer, inputs, kwargs)) return original(inputs, kwargs);
    const { kernel, recurrentKernel, bias } = layer.cell;
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
      const inOrder = layer.goBackwards ? x.reverse(1) : x;
      const given = {
        kernel: kernel.read(),
        recurrentKernel: recurrentKernel.read(),
        bias: bias === null || bias === undefined ? null : bias.read(),
      };
      const weights = isResetAfter ? withBiasRow(tf, given) : given;
      const isTrained = kwargs.training === true && !isSecondTapeOn(tf);
      if (isTrained && !layer.returnSequences) return kind.trainedLastOutput(tf, inOrder, weights);
      const outputs = isTrained ? kind.trainedOutputs(tf, inOrder, weights) : kind.outputs(tf, inOrder, weights);
      return layer.returnSequences ? tf.stack(outputs, 1) : (outputs.at(-1) as Tensor);
    });
  };
}

function isPlain(
  { stateful, returnState, cell }: RecurrentLayer,
  inputs: Tensor | Tensor[],
  kwargs: RecurrentCall,
): boolean {
  const usual = cell.activation.getClassName() === 'tanh' && cell.recurrentActivation.getClassName() === 'sigmoid';
  const isOne = !Array.isArray(inputs) || inputs.length === 1;
  const isGiven = (kwargs.mask ?? kwargs.initialState ?? null) !== null;
  const drops = kwargs.training === true && cell.dropout + cell.recurrentDropout > 0;
  return usual && isOne && !isGiven && !drops && !stateful && !returnState;
}
