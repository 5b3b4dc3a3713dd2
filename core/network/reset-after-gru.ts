import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { fusedGradient } from './native/gradients.js';
import { joinedGates, RecurrentKind, type RecurrentWeights } from './recurrent-steps.js';
import type { Tf } from './tf.js';

interface Step {
  readonly z: Tensor;
  readonly r: Tensor;
  /** The state that the step would take on by itself. */
  readonly g: Tensor;
  /** What the state before, and its bias, add to that one where the reset gate lets all of it through. */
  readonly inner: Tensor;
  readonly h: Tensor;
}

/** The recurrent kernel [units, 3 · units] and its bias [1, 3 · units], which `withBiasRow` has joined. */
function parts(tf: Tf, joined: Tensor): [kernel: Tensor2D, bias: Tensor2D] {
  return tf.split(joined, [(joined.shape[0] ?? 1) - 1, 1], 0) as [Tensor2D, Tensor2D];
}

/** The columns of the gates z and r, and those of the candidate. */
function halves(tf: Tf, columns: Tensor): [gates: Tensor2D, state: Tensor2D] {
  const units = (columns.shape[1] ?? 3) / 3;
  return tf.split(columns, [2 * units, units], 1) as [Tensor2D, Tensor2D];
}

function forward(tf: Tf, projected: Tensor, joined: Tensor): Step[] {
  const [kernel, bias] = parts(tf, joined);
  const unrolled: Step[] = [];
  for (const part of tf.unstack(projected)) {
    const last = unrolled.at(-1)?.h;
    const [gates, state] = halves(tf, part);
    const [ofGates, inner] = halves(tf, last === undefined ? bias : tf.matMul(last as Tensor2D, kernel).add(bias));
    const [z, r] = tf.split(tf.sigmoid(gates.add(ofGates)), 2, 1) as [Tensor, Tensor];
    const g = tf.tanh(state.add(r.mul(inner)));
    const own = g.sub(z.mul(g));
    unrolled.push({ z, r, g, inner, h: last === undefined ? own : z.mul(last).add(own) });
  }
  return unrolled;
}

function kept({ z, r, g, inner, h }: Step): Tensor[] {
  return [z, r, g, inner, h];
}

function restored([z, r, g, inner, h]: readonly Tensor[]): Step {
  return { z, r, g, inner, h } as Step;
}

function backward(tf: Tf, outer: readonly Tensor[], [joined, ...saved]: readonly Tensor[], steps: number): Tensor[] {
  const [kernel] = parts(tf, joined as Tensor);
  const unrolled = Array.from({ length: steps }, (_, t) => restored(saved.slice(t * 5, t * 5 + 5)));
  const ofInputs: Tensor[] = [];
  /** Those of what the recurrent kernel and its bias give: the same for z and r, and the candidate's behind the reset gate. */
  const ofStates: Tensor[] = [];
  let dh: Tensor | null = null;
  for (let t = steps - 1; t >= 0; t--) {
    const { z, r, g, inner } = unrolled[t] as Step;
    const before = t > 0 ? (unrolled[t - 1] as Step).h : null;
    const direct = outer[t - steps + outer.length];
    const own: Tensor = dh === null ? (direct as Tensor) : direct === undefined ? dh : direct.add(dh);
    const state = fusedGradient(tf, 'TanhGrad', g, own.sub(own.mul(z)));
    const update = fusedGradient(tf, 'SigmoidGrad', z, own.mul(before === null ? g.neg() : before.sub(g)));
    const reset = fusedGradient(tf, 'SigmoidGrad', r, state.mul(inner));
    const gates = tf.concat([update, reset], 1);
    const recurrent = tf.concat([gates, state.mul(r)], 1);
    ofInputs.unshift(tf.concat([gates, state], 1));
    ofStates.unshift(recurrent);
    if (before !== null) dh = own.mul(z).add(tf.matMul(recurrent as Tensor2D, kernel, false, true));
  }
  const { gradient } = joinedGates(tf, ofInputs);
  const { all } = joinedGates(tf, ofStates);
  const row = all.sum(0, true);
  if (steps === 1) return [gradient, tf.concat([tf.zerosLike(kernel), row], 0)];
  const [n = 1] = ofStates[0]?.shape ?? [];
  const states = unrolled.slice(0, -1).map(({ h }) => h);
  const ofKernel = tf.matMul(tf.concat(states, 0) as Tensor2D, all.slice([n, 0]), true);
  return [gradient, tf.concat([ofKernel, row], 0)];
}

/**
 * GRU with tanh and sigmoid whose reset gate acts behind the recurrent product and its bias, as in cuDNN and by default in Keras 2
 * (`reset_after`); its gates are z, r, h. It takes weights from `withBiasRow`.
 */
export const RESET_AFTER_GRU = new RecurrentKind(forward, kept, backward);

/** The two biases [2, 3 · units] put where `RESET_AFTER_GRU` takes them: that of the states is one more row of the recurrent kernel. */
export function withBiasRow(tf: Tf, { kernel, recurrentKernel, bias }: RecurrentWeights): RecurrentWeights {
  const width = recurrentKernel.shape[1] ?? 3;
  const [ofInputs, ofStates] = bias === null ? [null, tf.zeros([1, width])] : tf.split(bias, 2, 0);
  return {
    kernel,
    recurrentKernel: tf.concat([recurrentKernel, ofStates as Tensor], 0),
    bias: ofInputs === null ? null : (ofInputs as Tensor).reshape([width]),
  };
}
