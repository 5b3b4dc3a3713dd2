import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { fusedGradient } from './native/gradients.js';
import { joinedGates, RecurrentKind } from './recurrent-steps.js';
import type { Tf } from './tf.js';

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

function kept({ i, f, g, o, squashed, c, h }: Step): Tensor[] {
  return [i, f, g, o, squashed, c, h];
}

function restored([i, f, g, o, squashed, c, h]: readonly Tensor[]): Step {
  return { i, f, g, o, squashed, c, h } as Step;
}

function backward(tf: Tf, outer: readonly Tensor[], [recurrent, ...saved]: readonly Tensor[], steps: number): Tensor[] {
  const unrolled = Array.from({ length: steps }, (_, t) => restored(saved.slice(t * 7, t * 7 + 7)));
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
  const { all, gradient } = joinedGates(tf, gates);
  if (steps === 1) return [gradient, tf.zerosLike(recurrent as Tensor)];
  const states = tf.concat(
    unrolled.slice(0, -1).map(({ h }) => h),
    0,
  ) as Tensor2D;
  const [n = 1] = gates[0]?.shape ?? [];
  return [gradient, tf.matMul(states, all.slice([n, 0]), true)];
}

/** LSTM with tanh and sigmoid (Hochreiter and Schmidhuber 1997, with forget gates); its gates are i, f, c, o. */
export const LSTM = new RecurrentKind(forward, kept, backward);
