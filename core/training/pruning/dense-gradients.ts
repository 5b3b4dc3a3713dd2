import { Network } from '../../network/network.js';
import type { ByWeight } from '../../pruning/criteria/index.js';
import { Criteria } from '../criteria/criteria.js';
import { createObjective } from '../objectives/index.js';
import type { TrainingSession } from '../training-session.js';

/**
 * Gradients of a session's loss on the labels with respect to every weight that trains, pruned ones too; a teacher has no part in them. One graph
 * serves a whole stage, as long as the model keeps its shape. Dispose it.
 */
export class DenseGradients {
  private opened: { readonly network: Network; readonly criteria: Criteria } | null = null;

  /**
   * Those of the mean loss over examples, with the session's weights as they are.
   * @param examples - indices; no more than a batch
   */
  async of(session: TrainingSession, examples: Int32Array): Promise<ByWeight> {
    const { weights } = session.state();
    this.opened ??= await this.open(session);
    const { network, criteria } = this.opened;
    for (const { name, values } of weights) network.write(name, values);
    const gradients = criteria.gradients(examples);
    if (session.settings.programs !== null) session.eagerBecause ??= criteria.eagerBecause('gradients');
    return new Map([...gradients].filter(([name]) => network.trainable.includes(name)));
  }

  /** Frees what was opened. */
  dispose(): void {
    this.opened?.criteria.dispose();
    this.opened?.network.dispose();
    this.opened = null;
  }

  private async open(session: TrainingSession) {
    const { tf, data, batchSize, objective, programs } = session.settings;
    const { topology, weights } = session.state();
    const network = await Network.build(tf, topology, weights);
    const criteria = new Criteria(tf, network, data, {
      ...{ batchSize, seed: 1, compiled: programs !== null },
      objective: createObjective(objective ?? {}, data),
    });
    return { network, criteria };
  }
}
