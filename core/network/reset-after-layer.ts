import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from './tf.js';

interface Weight {
  read(): Tensor;
}

/** What of tfjs's GRU cell is used here. */
interface GruCell {
  readonly units: number;
  readonly activation: { apply(x: Tensor): Tensor };
  readonly recurrentActivation: { apply(x: Tensor): Tensor };
  readonly kernel: Weight;
  readonly recurrentKernel: Weight;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly dropoutFunc: (ones: Tensor, rate: number) => Tensor;
  readonly biasInitializer: unknown;
  readonly biasRegularizer: unknown;
  readonly biasConstraint: unknown;
  useBias: boolean;
  bias: Weight | null;
  /** Whether the reset gate acts behind the recurrent product. */
  resetAfter?: boolean;
  dropoutMask: Tensor[] | null;
  recurrentDropoutMask: Tensor[] | null;
  addWeight(
    name: string,
    shape: readonly number[],
    dtype: null,
    initializer: unknown,
    regularizer: unknown,
    trainable: boolean,
    constraint: unknown,
  ): Weight;
  build(shape: unknown): void;
  call(inputs: readonly Tensor[], kwargs: { readonly training?: boolean }): Tensor[];
  getConfig(): object;
}

type GruClass = new (config: Readonly<Record<string, unknown>>) => { readonly cell: GruCell };

/** Registers a GRU that knows `reset_after`, which tfjs's own refuses, under the same name: models are built with it. */
export function registerResetAfter(tf: Tf): void {
  const Gru = tf.layers.gru({ units: 1 }).constructor as unknown as GruClass;
  class EitherGru extends Gru {
    static readonly className = 'GRU';

    constructor(config: Readonly<Record<string, unknown>>) {
      super({ ...config, resetAfter: false });
      if (config['resetAfter'] === true) resetAfter(tf, this.cell);
    }
  }
  tf.serialization.registerClass(EitherGru as never);
}

/** Gives a cell the second bias and the step of `reset_after`. */
function resetAfter(tf: Tf, cell: GruCell): void {
  const [build, getConfig] = [cell.build.bind(cell), cell.getConfig.bind(cell)];
  const { useBias } = cell;
  cell.resetAfter = true;
  cell.build = (shape) => {
    cell.useBias = false;
    build(shape);
    cell.useBias = useBias;
    const { biasInitializer, biasRegularizer, biasConstraint } = cell;
    if (useBias)
      cell.bias = cell.addWeight(
        'bias',
        [2, 3 * cell.units],
        null,
        biasInitializer,
        biasRegularizer,
        true,
        biasConstraint,
      );
  };
  cell.getConfig = () => ({ ...getConfig(), resetAfter: true });
  cell.call = ([x, h], { training = false }) =>
    tf.tidy(() => {
      const next = step(tf, cell, x as Tensor, h as Tensor, training);
      return [next, next];
    });
}

/** One step as Keras takes it: state h [n, units] to the next one. */
function step(tf: Tf, cell: GruCell, x: Tensor, h: Tensor, training: boolean): Tensor {
  const seen = training ? masked(tf, cell, x, 'dropout') : x;
  const last = training ? masked(tf, cell, h, 'recurrentDropout') : h;
  const [ofInputs, ofStates] = cell.bias === null ? [] : tf.split(cell.bias.read(), 2, 0);
  const gates = (input: Tensor, kernel: Weight, bias: Tensor | undefined): [Tensor, Tensor, Tensor] => {
    const sums = tf.matMul(input as Tensor2D, kernel.read() as Tensor2D);
    return tf.split(bias === undefined ? sums : sums.add(bias), 3, 1) as [Tensor, Tensor, Tensor];
  };
  const [xz, xr, xh] = gates(seen, cell.kernel, ofInputs);
  const [hz, hr, hh] = gates(last, cell.recurrentKernel, ofStates);
  const z = cell.recurrentActivation.apply(xz.add(hz));
  const r = cell.recurrentActivation.apply(xr.add(hr));
  const g = cell.activation.apply(xh.add(r.mul(hh)));
  return z.mul(last).add(g.sub(z.mul(g)));
}

/** One mask for all gates and steps of a call, as tfjs draws it; whoever drew it frees it after the call. */
function masked(tf: Tf, cell: GruCell, x: Tensor, kind: 'dropout' | 'recurrentDropout'): Tensor {
  const rate = cell[kind];
  if (rate <= 0 || rate >= 1) return x;
  const key = `${kind}Mask` as const;
  const [mask] = cell[key] ?? [tf.keep(cell.dropoutFunc(tf.onesLike(x), rate))];
  cell[key] = [mask as Tensor];
  return x.mul(mask as Tensor);
}
