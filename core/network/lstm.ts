import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { fusedGradient } from './native/gradients.js';
import type { Tf } from './tf.js';

/** The weights of an LSTM in tfjs's layout: gates are i, f, c, o blocks of `units` columns. */
export interface LstmWeights {
  /** [features, 4 · units]. */
  readonly kernel: Tensor;
  /** [units, 4 · units]. */
  readonly recurrentKernel: Tensor;
  /** [4 · units]. */
  readonly bias: Tensor | null;
}

interface Step {
  readonly i: Tensor;
  readonly f: Tensor;
  readonly g: Tensor;
  readonly o: Tensor;
  /** tanh of the cell's new state. */
  readonly squashed: Tensor;
  readonly c: Tensor;
  readonly h: Tensor;
}

/**
 * Outputs of an LSTM (tanh, sigmoid, states that start at zero) at every time step, each [n, units]. The input's part of the gates is one
 * matrix product for all steps, not one for each.
 * @param x - [n, steps, features]
 */
export function lstmOutputs(tf: Tf, x: Tensor, weights: LstmWeights): Tensor[] {
  return forward(tf, project(tf, x, weights), weights.recurrentKernel).map(({ h }) => h);
}

/**
 * The same with a gradient of its own, in which the kernels' gradients are one product each, too. It has no second derivative.
 */
export function trainedLstmOutputs(tf: Tf, x: Tensor, weights: LstmWeights): Tensor[] {
  return tf.unstack(
    trained(
      tf,
      x,
      weights,
      (outputs) => tf.stack(outputs),
      (dy) => tf.unstack(dy),
    ),
  );
}

/** The last of them alone, [n, units], whose gradient has nothing to do with the others. */
export function trainedLastOutput(tf: Tf, x: Tensor, weights: LstmWeights): Tensor {
  return trained(
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
function trained(
  tf: Tf,
  x: Tensor,
  weights: LstmWeights,
  join: (outputs: Tensor[]) => Tensor,
  part: (dy: Tensor) => readonly Tensor[],
): Tensor {
  const steps = x.shape[1] ?? 1;
  const outputs = tf.customGrad((...given) => {
    const [projected, recurrent, save] = given as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    const unrolled = forward(tf, projected, recurrent);
    save([recurrent, ...unrolled.flatMap(({ i, f, g, o, squashed, c, h }) => [i, f, g, o, squashed, c, h])]);
    return {
      value: join(unrolled.map(({ h }) => h)),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => backward(tf, part(dy as Tensor), saved, steps),
    };
  });
  return outputs(project(tf, x, weights), weights.recurrentKernel);
}

/** The input's part of all gates, [steps, n, 4 · units]. */
function project(tf: Tf, x: Tensor, { kernel, bias }: LstmWeights): Tensor {
  const [n = 1, steps = 1, features = 1] = x.shape;
  const inputs = tf.transpose(x, [1, 0, 2]).reshape([steps * n, features]) as Tensor2D;
  const projected = tf.matMul(inputs, kernel as Tensor2D);
  const biased = bias === null ? projected : projected.add(bias);
  return biased.reshape([steps, n, kernel.shape[1] ?? 1]);
}

function forward(tf: Tf, projected: Tensor, recurrent: Tensor): Step[] {
  const unrolled: Step[] = [];
  for (const part of tf.unstack(projected)) {
    const last = unrolled.at(-1);
    const z = last === undefined ? part : part.add(tf.matMul(last.h as Tensor2D, recurrent as Tensor2D));
    const [zi, zf, zg, zo] = tf.split(z, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const [i, f, g, o] = [tf.sigmoid(zi), tf.sigmoid(zf), tf.tanh(zg), tf.sigmoid(zo)];
    const c = last === undefined ? i.mul(g) : f.mul(last.c).add(i.mul(g));
    const squashed = tf.tanh(c);
    unrolled.push({ i, f, g, o, squashed, c, h: o.mul(squashed) });
  }
  return unrolled;
}

/**
 * Gradients with respect to the projected inputs and the recurrent kernel (Hochreiter and Schmidhuber 1997, with forget gates).
 * @param outer - gradients with respect to the last outputs; those before them have none of their own
 */
function backward(tf: Tf, outer: readonly Tensor[], [recurrent, ...saved]: Tensor[], steps: number): Tensor[] {
  const unrolled = Array.from({ length: steps }, (_, t) => {
    const [i, f, g, o, squashed, c, h] = saved.slice(t * 7, t * 7 + 7) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    return { i, f, g, o, squashed, c, h };
  });
  const gates: Tensor[] = [];
  let dh: Tensor | null = null;
  let dc: Tensor | null = null;
  for (let t = steps - 1; t >= 0; t--) {
    const { i, f, g, o, squashed } = unrolled[t] as Step;
    const before = t > 0 ? (unrolled[t - 1] as Step).c : null;
    const direct = outer[t - steps + outer.length];
    const own: Tensor = dh === null ? (direct as Tensor) : direct === undefined ? dh : direct.add(dh);
    const throughCell = fusedGradient(tf, 'TanhGrad', squashed, own.mul(o));
    const cell: Tensor = dc === null ? throughCell : throughCell.add(dc);
    const gate = tf.concat(
      [
        fusedGradient(tf, 'SigmoidGrad', i, cell.mul(g)),
        before === null ? tf.zerosLike(f) : fusedGradient(tf, 'SigmoidGrad', f, cell.mul(before)),
        fusedGradient(tf, 'TanhGrad', g, cell.mul(i)),
        fusedGradient(tf, 'SigmoidGrad', o, own.mul(squashed)),
      ],
      1,
    );
    gates.unshift(gate);
    dh = tf.matMul(gate as Tensor2D, recurrent as Tensor2D, false, true);
    dc = cell.mul(f);
  }
  const all = tf.concat(gates, 0) as Tensor2D;
  const [n = 1, width = 1] = gates[0]?.shape ?? [];
  const gradient = all.reshape([steps, n, width]);
  if (steps === 1) return [gradient, tf.zerosLike(recurrent as Tensor)];
  const states = tf.concat(
    unrolled.slice(0, -1).map(({ h }) => h),
    0,
  ) as Tensor2D;
  return [gradient, tf.matMul(states, all.slice([n, 0]), true)];
}
