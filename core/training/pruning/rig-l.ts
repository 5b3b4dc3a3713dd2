import { dropAndGrow, rigLDropFraction } from '../../pruning/schedules/rig-l.js';
import type { RigLSpec } from '../../sweep/spec.js';
import type { Regrowth } from '../train-loop.js';
import { DenseGradients } from './dense-gradients.js';

/**
 * Dynamic sparse training (RigL, Evci et al. 2020): every `frequency` steps, up to a part of the training, each layer exchanges some of its
 * weights, and keeps their number. A grown weight starts at zero, as do its optimizer slots. Dispose it.
 * @param total - optimizer steps of the stage
 */
export function rigLRegrowth(
  { frequency, dropFraction, endFraction }: RigLSpec,
  total: number,
): Regrowth & { dispose(): void } {
  const endStep = endFraction * total;
  const gradients = new DenseGradients();
  return {
    isDueAt: (step) => step > 0 && step < endStep && step % frequency === 0,
    async regrow(session, step, batch) {
      const dense = await gradients.of(session, batch);
      const { weights, masks, floorHit } = session.state();
      const fraction = rigLDropFraction(step, dropFraction, endStep);
      const exchanged = weights.flatMap(({ name, values }) => {
        const [mask, gradient] = [masks.get(name), dense.get(name)];
        if (mask === undefined || gradient === undefined) return [];
        return [[name, dropAndGrow(values, mask, gradient, fraction)] as const];
      });
      session.setMasks(new Map([...masks, ...exchanged]), floorHit);
    },
    dispose: () => gradients.dispose(),
  };
}
