import { dropAndGrow, type ResolvedSchedule } from '../../pruning/schedules/index.js';
import type { Regrowth } from '../train-loop.js';
import { DenseGradients } from './dense-gradients.js';

/**
 * Dynamic sparse training (RigL, Evci et al. 2020): where the schedule says so each layer exchanges some of its weights, and keeps their
 * number. A grown weight starts at zero, as do its optimizer slots. Null where nothing ever grows back. Dispose it.
 */
export function regrowthOf({ regrowAt }: ResolvedSchedule): (Regrowth & { dispose(): void }) | null {
  if (regrowAt === undefined) return null;
  const gradients = new DenseGradients();
  return {
    isDueAt: (step) => regrowAt(step) !== null,
    async regrow(session, step, batch) {
      const dense = await gradients.of(session, batch);
      const { weights, masks, floorHit } = session.state();
      const fraction = regrowAt(step) ?? 0;
      const exchanged = weights.flatMap(({ name, values }) => {
        const [mask, gradient] = [masks.get(name), dense.get(name)];
        if (mask === undefined || gradient === undefined) return [];
        return [[name, dropAndGrow(mask, values, gradient, fraction)] as const];
      });
      session.setMasks(new Map([...masks, ...exchanged]), floorHit);
    },
    dispose: () => gradients.dispose(),
  };
}
