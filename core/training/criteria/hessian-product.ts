import type { Variable } from '@tensorflow/tfjs';
import type { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import type { ByWeight } from '../../pruning/criteria/index.js';
import { batchLoss, differentiableVariables, inOrder, type PassSettings } from './gradients.js';
import type { Measurement } from './measurement.js';

/** A Hessian-vector product, with the vector that it is taken with. */
export interface HessianProduct extends Measurement {
  /** Sets the vector; weights that are not named have zero. */
  setDirection(direction: ByWeight): void;
}

/**
 * The Hessian of the mean loss times a vector, as the gradient of ⟨gradient, vector⟩ (Pearlmutter 1994). With the gradient itself for
 * the vector it is the Hessian-gradient product of GraSP (Wang et al. 2020).
 */
export function hessianProduct(tf: Tf, network: Network, settings: PassSettings): HessianProduct {
  const directions = new Map(
    network.differentiable.map((name): [string, Variable] => {
      const { shape } = network.variables.get(name) as Variable;
      return [name, tf.tidy(() => tf.variable(tf.zeros(shape), false))];
    }),
  );
  const variables = differentiableVariables(network);
  const named = [...directions].map(([name, variable]): [string, Variable] => [`direction/${name}`, variable]);
  return {
    name: 'hessianProduct',
    variables: new Map([...network.variables, ...named]),
    outputs: network.differentiable,
    run(batch, seed) {
      const loss = batchLoss(tf, network, settings, batch, seed);
      const { grads } = tf.variableGrads(() => {
        const first = inOrder(tf, network, tf.variableGrads(loss, variables).grads);
        const products = [...directions.values()].map((direction, i) => direction.mul(first[i] ?? 0).sum());
        return tf.addN(products).asScalar();
      }, variables);
      return inOrder(tf, network, grads);
    },
    setDirection(direction) {
      for (const [name, variable] of directions) {
        const values = direction.get(name);
        const { shape } = variable;
        tf.tidy(() => variable.assign(values === undefined ? tf.zeros(shape) : tf.tensor(values, shape)));
      }
    },
    dispose() {
      tf.dispose([...directions.values()]);
    },
  };
}
