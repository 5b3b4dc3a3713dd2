import { dropAndGrow } from '../../pruning/schedules/index.js';
import type { Regrowth } from '../train-loop.js';
import { DenseGradients } from './dense-gradients.js';

/**
 * Dynamic sparse training (RigL, Evci et al. 2020): now and then each layer exchanges some of its weights, and keeps their number. A grown
 * weight starts at zero, as do its optimizer slots. Dispose it.
 * @param partAt - part of the weights left that is exchanged before a step; null where none is
 */
export function regrowth(partAt: (step: number) => number | null): Regrowth & { dispose(): void } {
  const gradients = new DenseGradients();
  return {
    isDueAt: (step) => partAt(step) !== null,
    async regrow(session, step, batch) {
      const dense = await gradients.of(session, batch);
      const { weights, masks, floorHit } = session.state();
      const part = partAt(step) ?? 0;
      const exchanged = weights.flatMap(({ name, values }) => {
        const [mask, gradient] = [masks.get(name), dense.get(name)];
        if (mask === undefined || gradient === undefined) return [];
        return [[name, dropAndGrow(mask, values, gradient, part)] as const];
      });
      session.setMasks(new Map([...masks, ...exchanged]), floorHit);
    },
    dispose: () => gradients.dispose(),
  };
}
