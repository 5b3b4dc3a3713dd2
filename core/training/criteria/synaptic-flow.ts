import type { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import { differentiableVariables, inOrder } from './gradients.js';
import type { Measurement } from './measurement.js';

/** Name of R among the outputs. */
export const FLOW = 'flow';

/**
 * SynFlow's R and its gradients with respect to |θ| (Tanaka et al. 2020): R is the sum of the logits for one input of ones, where every
 * weight, moving statistics included, is its absolute value. As in the authors' code activations stay what they are and batch norm has
 * its moving statistics. Of the network with activations between ReLU and identity R is the sum over paths; with saturating ones, as in
 * an LSTM, it is only what the network gives. No batch is looked at.
 * @param exampleShape - of one input
 */
export function synapticFlow(tf: Tf, network: Network, exampleShape: readonly number[]): Measurement {
  return {
    name: 'synapticFlow',
    variables: network.variables,
    outputs: [FLOW, ...network.differentiable],
    run() {
      const variables = [...network.variables.values()];
      const signed = variables.map((variable) => variable.clone());
      for (const variable of variables) variable.assign(variable.abs());
      const { value, grads } = tf.variableGrads(
        () =>
          network
            .forward(tf.ones([1, ...exampleShape]), null)
            .sum()
            .asScalar(),
        differentiableVariables(network),
      );
      const results = [value, ...inOrder(tf, network, grads)];
      variables.forEach((variable, i) => {
        const before = signed[i];
        if (before !== undefined) variable.assign(before);
      });
      return results;
    },
    dispose() {},
  };
}
