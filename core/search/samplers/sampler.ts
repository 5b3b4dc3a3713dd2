import type { SweepSpec } from '../../sweep/spec.js';
import type { SearchPoint } from '../../sweep/stage.js';

/** Proposes points of the search space. Equal spec, equal proposals: `asked` says how many were proposed before. */
export interface Sampler {
  /** The next points, at most `count`; fewer where the space ends. */
  ask(spec: SweepSpec, asked: number, count: number): SearchPoint[];
  /** Points that it can propose in all. */
  size(spec: SweepSpec): number;
}

/** Every point of the space: methods, then schedules, sparsities and recoveries, in the order of the spec. */
export function allPoints({ space }: SweepSpec): SearchPoint[] {
  return space.method.flatMap((method) =>
    space.schedule.flatMap((schedule) =>
      space.sparsity.flatMap((sparsity) =>
        space.recovery.map((recovery) => ({ method, sparsity, schedule, recovery })),
      ),
    ),
  );
}
