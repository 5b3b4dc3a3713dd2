import { type Choice, nameOf, type Settings, settingsOf } from '../registry/index.js';

/** The step of a pipeline that stands for the pruning. */
export const PRUNING_STEP = 'prune';

/** Compressions in their order, with the pruning among them. */
export interface CompressionPipeline {
  /** Choices of compressions, and `prune` exactly once. */
  readonly steps: readonly Choice[];
  /** Training after each compression, in the form that it gave the model; absent is none. */
  readonly fineTune?: { readonly epochs: number; readonly learningRate: number };
}

/** The compressions before the pruning and those after it. */
export function aroundPruning(pipeline: CompressionPipeline | undefined): {
  readonly before: readonly Choice[];
  readonly after: readonly Choice[];
} {
  const steps = pipeline?.steps ?? [PRUNING_STEP];
  const at = steps.indexOf(PRUNING_STEP);
  return { before: steps.slice(0, at), after: steps.slice(at + 1) };
}

/** Whether a pipeline prunes and does nothing else. */
export function isBare({ steps }: CompressionPipeline): boolean {
  return steps.length === 1;
}

/** `factorize then prune then quantize bits=4`: pruning that comes first goes without saying, and so do settings that all of `all` share. */
export function describeCompression(pipeline: CompressionPipeline, all: readonly CompressionPipeline[]): string {
  const { before } = aroundPruning(pipeline);
  const told = before.length === 0 ? pipeline.steps.slice(1) : pipeline.steps;
  const steps = told.map((step) => [nameOf(step), ...tellingSettings(step, all)].join(' '));
  const { fineTune } = pipeline;
  const tuned = fineTune === undefined ? [] : [`fine-tuned ${fineTune.epochs} epochs at ${fineTune.learningRate}`];
  return [steps.join(' then '), ...tuned].join(', ');
}

/** The settings of a step in which another one of its name differs. */
function tellingSettings(step: Choice, all: readonly CompressionPipeline[]): string[] {
  const alike: Settings[] = all.flatMap(({ steps }) =>
    steps.filter((other) => nameOf(other) === nameOf(step)).map(settingsOf),
  );
  return Object.entries(settingsOf(step)).flatMap(([name, value]) =>
    alike.some((other) => other[name] !== value) ? [`${name}=${value}`] : [],
  );
}
