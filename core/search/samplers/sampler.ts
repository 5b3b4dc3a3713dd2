import { type CompressionPipeline, isBare } from '../../sweep/compression.js';
import type { SweepSpec } from '../../sweep/spec.js';
import type { SearchPoint } from '../../sweep/stage.js';

/** Proposes points of the search space. Equal spec, equal proposals: `asked` says how many were proposed before. */
export interface Sampler {
  /** The next points, at most `count`; fewer where the space ends. */
  ask(spec: SweepSpec, asked: number, count: number): SearchPoint[];
  /** Points that it can propose in all. */
  size(spec: SweepSpec): number;
}

/** Every point of the space: methods, then schedules, sparsities, recoveries and compressions, in the order of the spec. */
export function allPoints({ space }: SweepSpec): SearchPoint[] {
  return space.method.flatMap((method) =>
    space.schedule.flatMap((schedule) =>
      space.sparsity.flatMap((sparsity) =>
        space.recovery.flatMap((recovery) =>
          (space.compression ?? [null]).map((pipeline) => ({
            ...{ method, sparsity, schedule, recovery },
            ...compressed(pipeline),
          })),
        ),
      ),
    ),
  );
}

/** A point without compression is what it was before there was any. */
function compressed(pipeline: CompressionPipeline | null): Pick<SearchPoint, 'compression'> {
  return pipeline === null || isBare(pipeline) ? {} : { compression: pipeline };
}
