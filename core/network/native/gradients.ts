import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import { Attributes, type NativeBackend, nativeBackend } from './backend.js';

/** An activation whose gradient TensorFlow computes from its output, in one kernel where tfjs takes several. */
interface FusedGradient {
  readonly activation: 'Relu' | 'Sigmoid' | 'Tanh';
  readonly op: 'ReluGrad' | 'SigmoidGrad' | 'TanhGrad';
  /** TensorFlow's order of the two inputs. */
  readonly order: readonly ['dy', 'y'] | readonly ['y', 'dy'];
  /** Derivative of the gradient with respect to the output, for second derivatives. */
  readonly bend: (ddx: Tensor, dy: Tensor, y: Tensor) => Tensor;
}

const FUSED: readonly FusedGradient[] = [
  { activation: 'Relu', op: 'ReluGrad', order: ['dy', 'y'], bend: (_ddx, _dy, y) => y.mul(0) },
  {
    activation: 'Sigmoid',
    op: 'SigmoidGrad',
    order: ['y', 'dy'],
    bend: (ddx, dy, y) => ddx.mul(dy).mul(y.mul(-2).add(1)),
  },
  { activation: 'Tanh', op: 'TanhGrad', order: ['y', 'dy'], bend: (ddx, dy, y) => ddx.mul(dy).mul(y).mul(-2) },
];

function kernelOf(op: FusedGradient['op']): string {
  return `Prunefront${op}`;
}

/** The gradient with respect to an activation's input, from its output y and the gradient with respect to that. For the native backend. */
export function fusedGradient(tf: Tf, op: FusedGradient['op'], y: Tensor, dy: Tensor): Tensor {
  return tf.engine().runKernel(kernelOf(op), { dy, y } as NamedTensorMap) as Tensor;
}

/** Puts TensorFlow's fused gradients in the place of tfjs's own. */
export function registerFusedGradients(tf: Tf, backend: NativeBackend): void {
  const attributes = new Attributes(backend.binding);
  for (const { activation, op, order, bend } of FUSED) {
    const kernelName = kernelOf(op);
    const gradient = (dy: Tensor, y: Tensor): Tensor => fusedGradient(tf, op, y, dy);
    tf.registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: ({ inputs }) => {
        const own = order.map((name) => inputs[name] as Tensor);
        return backend.executeSingleOutput(op, [attributes.type('T', 'float32')], own);
      },
    });
    tf.registerGradient({
      kernelName,
      inputsToSave: ['dy', 'y'],
      gradFunc: (ddx, [dy, y]) => ({
        dy: () => gradient(ddx as Tensor, y as Tensor),
        y: () => bend(ddx as Tensor, dy as Tensor, y as Tensor),
      }),
    });
    // Another backend lacks the kernel; tfjs's own gradient works on the output, too.
    const { gradFunc: general } = tf.getGradient(activation);
    tf.unregisterGradient(activation);
    tf.registerGradient({
      kernelName: activation,
      outputsToSave: [true],
      gradFunc: (dy, [y], attrs) =>
        nativeBackend(tf) === null
          ? general(dy, [y as Tensor], attrs)
          : { x: () => gradient(dy as Tensor, y as Tensor) },
    });
  }
}
