import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from './tf.js';

/** The weights of a recurrent layer in tfjs's layout: gates are blocks of `units` columns. */
export interface RecurrentWeights {
  /** [features, gates · units]. */
  readonly kernel: Tensor;
  /** [units, gates · units]. */
  readonly recurrentKernel: Tensor;
  /** [gates · units]. */
  readonly bias: Tensor | null;
}

/** Everything that each step computes, from the inputs' part of the gates [steps, n, gates · units] and the recurrent kernel. */
export type Forward<Step> = (tf: Tf, projected: Tensor, recurrent: Tensor) => Step[];

/**
 * Gradients with respect to the projected inputs [steps, n, gates · units] and the recurrent kernel.
 * @param outer - gradients with respect to the last outputs; those before them have none of their own
 * @param saved - the recurrent kernel, then what the steps kept
 */
export type Backward = (tf: Tf, outer: readonly Tensor[], saved: readonly Tensor[], steps: number) => Tensor[];

/** A kind of recurrent layer with states that start at zero: how it runs, and its gradient written out. */
export class RecurrentKind<Step extends { readonly h: Tensor }> {
  /** @param kept - what a step keeps for the gradient */
  constructor(
    private readonly forward: Forward<Step>,
    private readonly kept: (step: Step) => Tensor[],
    private readonly backward: Backward,
  ) {}

  /**
   * Outputs at every time step, each [n, units]. The input's part of the gates is one matrix product for all steps, not one for each.
   * @param x - [n, steps, features]
   */
  outputs(tf: Tf, x: Tensor, weights: RecurrentWeights): Tensor[] {
    return this.forward(tf, project(tf, x, weights), weights.recurrentKernel).map(({ h }) => h);
  }

  /** The same with a gradient of its own, in which the kernels' gradients are one product each, too. It has no second derivative. */
  trainedOutputs(tf: Tf, x: Tensor, weights: RecurrentWeights): Tensor[] {
    const stacked = this.trained(
      tf,
      x,
      weights,
      (outputs) => tf.stack(outputs),
      (dy) => tf.unstack(dy),
    );
    return tf.unstack(stacked);
  }

  /** The last of them alone, [n, units], whose gradient has nothing to do with the others. */
  trainedLastOutput(tf: Tf, x: Tensor, weights: RecurrentWeights): Tensor {
    return this.trained(
      tf,
      x,
      weights,
      (outputs) => outputs.at(-1) as Tensor,
      (dy) => [dy],
    );
  }

  /**
   * @param join - one tensor of the outputs that are used
   * @param part - gradients of the last outputs, as many as are used, from that of the one tensor
   */
  private trained(
    tf: Tf,
    x: Tensor,
    weights: RecurrentWeights,
    join: (outputs: Tensor[]) => Tensor,
    part: (dy: Tensor) => readonly Tensor[],
  ): Tensor {
    const steps = x.shape[1] ?? 1;
    const outputs = tf.customGrad((...given) => {
      const [projected, recurrent, save] = given as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
      const unrolled = this.forward(tf, projected, recurrent);
      save([recurrent, ...unrolled.flatMap(this.kept)]);
      return {
        value: join(unrolled.map(({ h }) => h)),
        gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => this.backward(tf, part(dy as Tensor), saved, steps),
      };
    });
    return outputs(project(tf, x, weights), weights.recurrentKernel);
  }
}

/** Gradients of the gates of all steps, each [n, gates · units], as that of the projected inputs. */
export function joinedGates(tf: Tf, gates: readonly Tensor[]): { readonly all: Tensor2D; readonly gradient: Tensor } {
  const [n = 1, width = 1] = gates[0]?.shape ?? [];
  const all = tf.concat([...gates], 0) as Tensor2D;
  return { all, gradient: all.reshape([gates.length, n, width]) };
}

/** The input's part of all gates, [steps, n, gates · units]. */
function project(tf: Tf, x: Tensor, { kernel, bias }: RecurrentWeights): Tensor {
  const [n = 1, steps = 1, features = 1] = x.shape;
  const inputs = tf.transpose(x, [1, 0, 2]).reshape([steps * n, features]) as Tensor2D;
  const projected = tf.matMul(inputs, kernel as Tensor2D);
  const biased = bias === null ? projected : projected.add(bias);
  return biased.reshape([steps, n, kernel.shape[1] ?? 1]);
}
