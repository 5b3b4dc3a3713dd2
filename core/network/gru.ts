import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { fusedGradient } from './native/gradients.js';
import { joinedGates, RecurrentKind } from './recurrent-steps.js';
import type { Tf } from './tf.js';

interface Step {
  readonly z: Tensor;
  readonly r: Tensor;
  /** The state that the step would take on by itself. */
  readonly g: Tensor;
  /** The state before, as far as the reset gate lets it through; zero at the first step, where it is not used. */
  readonly seen: Tensor;
  readonly h: Tensor;
}

function forward(tf: Tf, projected: Tensor, recurrent: Tensor): Step[] {
  const units = recurrent.shape[0] ?? 1;
  const [ofGates, ofState] = halves(tf, recurrent, units);
  const unrolled: Step[] = [];
  for (const part of tf.unstack(projected)) {
    const last = unrolled.at(-1)?.h;
    const [gates, state] = halves(tf, part, units);
    const sums = last === undefined ? gates : gates.add(tf.matMul(last as Tensor2D, ofGates));
    const [z, r] = tf.split(tf.sigmoid(sums), 2, 1) as [Tensor, Tensor];
    if (last === undefined) {
      const g = tf.tanh(state);
      unrolled.push({ z, r, g, seen: tf.zerosLike(g), h: g.sub(z.mul(g)) });
      continue;
    }
    const seen = r.mul(last);
    const g = tf.tanh(state.add(tf.matMul(seen as Tensor2D, ofState)));
    unrolled.push({ z, r, g, seen, h: z.mul(last).add(g.sub(z.mul(g))) });
  }
  return unrolled;
}

/** The columns of the gates z and r, and those of the state. */
function halves(tf: Tf, columns: Tensor, units: number): [gates: Tensor2D, state: Tensor2D] {
  return tf.split(columns, [2 * units, units], 1) as [Tensor2D, Tensor2D];
}

function kept({ z, r, g, seen, h }: Step): Tensor[] {
  return [z, r, g, seen, h];
}

function restored([z, r, g, seen, h]: readonly Tensor[]): Step {
  return { z, r, g, seen, h } as Step;
}

function backward(tf: Tf, outer: readonly Tensor[], [recurrent, ...saved]: readonly Tensor[], steps: number): Tensor[] {
  const units = recurrent?.shape[0] ?? 1;
  const [ofGates, ofState] = halves(tf, recurrent as Tensor, units);
  const unrolled = Array.from({ length: steps }, (_, t) => restored(saved.slice(t * 5, t * 5 + 5)));
  const gates: Tensor[] = [];
  let dh: Tensor | null = null;
  for (let t = steps - 1; t >= 0; t--) {
    const { z, r, g } = unrolled[t] as Step;
    const before = t > 0 ? (unrolled[t - 1] as Step).h : null;
    const direct = outer[t - steps + outer.length];
    const own: Tensor = dh === null ? (direct as Tensor) : direct === undefined ? dh : direct.add(dh);
    const state = fusedGradient(tf, 'TanhGrad', g, own.sub(own.mul(z)));
    const update = fusedGradient(tf, 'SigmoidGrad', z, own.mul(before === null ? g.neg() : before.sub(g)));
    if (before === null) {
      gates.unshift(tf.concat([update, tf.zerosLike(r), state], 1));
      continue;
    }
    const dSeen = tf.matMul(state as Tensor2D, ofState, false, true);
    const reset = fusedGradient(tf, 'SigmoidGrad', r, dSeen.mul(before));
    const both = tf.concat([update, reset], 1) as Tensor2D;
    gates.unshift(tf.concat([both, state], 1));
    dh = own
      .mul(z)
      .add(dSeen.mul(r))
      .add(tf.matMul(both, ofGates, false, true));
  }
  const { all, gradient } = joinedGates(tf, gates);
  if (steps === 1) return [gradient, tf.zerosLike(recurrent as Tensor)];
  const [n = 1] = gates[0]?.shape ?? [];
  const [later, own] = halves(tf, all.slice([n, 0]), units);
  const before = unrolled.slice(0, -1).map(({ h }) => h);
  const seen = unrolled.slice(1).map((step) => step.seen);
  const ofKernel = [
    tf.matMul(tf.concat(before, 0) as Tensor2D, later, true),
    tf.matMul(tf.concat(seen, 0) as Tensor2D, own, true),
  ];
  return [gradient, tf.concat(ofKernel, 1)];
}

/** GRU with tanh and sigmoid (Cho et al. 2014), whose reset gate acts before the recurrent product, as in tfjs; its gates are z, r, h. */
export const GRU = new RecurrentKind(forward, kept, backward);
