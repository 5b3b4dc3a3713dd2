import type { Topology } from '../models/topology.js';
import { batchNormOf } from '../models/wrapped-layers.js';
import { criterionOf } from '../pruning/method.js';
import { settingsOf } from '../registry/index.js';
import { type LearningRateSchedule, warmUpOf } from '../sweep/recovery.js';
import { isIterative } from '../sweep/schedule.js';
import type { Recovery, SweepSpec } from '../sweep/spec.js';
import { itemPath } from './item-path.js';
import { type Problem, problemAt } from './problems.js';
import type { SpecPath, YamlSource } from './yaml-source.js';

/** What only a training shows. */
const OF_TRAININGS = ['schedule', 'earlyStop', 'distill'] as const;

/** What of the recoveries, or of the baseline's learning rate, no training has a place for, or the model has none for. */
export function recoveryConflicts(spec: SweepSpec, topology: Topology | null, source: YamlSource): Problem[] {
  const conflict = (path: SpecPath, message: string, allowed: string): Problem =>
    problemAt(source, path, 'PRUNEFRONT_SPEC_CONFLICT', message, { allowed });
  const untrained = (path: SpecPath): Problem =>
    conflict(path, 'There is no training that could have it', 'with at least 1 epoch');
  const ratesOf = (path: SpecPath, rates: LearningRateSchedule | undefined, epochs: readonly number[]): Problem[] =>
    rates === undefined
      ? []
      : rateConflicts(rates, epochs).map(({ key, message, allowed }) =>
          conflict([...path, 'schedule', Object.keys(rates)[0] ?? '', key], message, allowed),
        );
  const { epochs, schedule } = spec.baseline;
  const ofBaseline =
    schedule !== undefined && epochs === 0
      ? [untrained(['baseline', 'schedule'])]
      : ratesOf(['baseline'], schedule, [epochs]);
  const hasBatchNorm = topology?.nodes.some((node) => batchNormOf(node) !== null) ?? true;
  const ofRecoveries = spec.space.recovery.flatMap((recovery, i) => {
    const path = itemPath(source, ['space', 'recovery'], i);
    const trainings = trainingsWith(spec, recovery).filter((length) => length > 0);
    const unused = trainings.length > 0 ? [] : OF_TRAININGS.filter((key) => recovery[key] !== undefined);
    return [
      ...unused.map((key) => untrained([...path, key])),
      ...(trainings.length > 0 ? ratesOf(path, recovery.schedule, trainings) : []),
      ...(recovery.batchNorm === undefined || hasBatchNorm
        ? []
        : [conflict([...path, 'batchNorm'], 'The model has no batch norm', 'for models with batch norm')]),
    ];
  });
  return [...ofBaseline, ...ofRecoveries];
}

/** Epochs of each training that a recovery says something of. */
function trainingsWith({ space }: SweepSpec, { epochs }: Recovery): number[] {
  const ofSchedules = space.schedule.flatMap((schedule) => {
    if (!isIterative(schedule)) return [epochs];
    const { epochsPerRound, fineTune } = schedule.iterative;
    return [epochsPerRound, fineTune.epochs];
  });
  const ofPenalties = space.method.map(
    (method) => criterionOf(method).regularised?.(settingsOf(method.criterion)).epochs ?? 0,
  );
  return [...ofSchedules, ...ofPenalties, ...(space.compression ?? []).map(({ fineTune }) => fineTune?.epochs ?? 0)];
}

/** What a schedule of learning rates asks for that no training is long enough for. */
function rateConflicts(
  schedule: LearningRateSchedule,
  epochs: readonly number[],
): { readonly key: string; readonly message: string; readonly allowed: string }[] {
  const [shortest, longest] = [Math.min(...epochs), Math.max(...epochs)];
  if (warmUpOf(schedule) >= shortest) {
    const allowed = `less than ${shortest}, the epochs of the shortest training`;
    return [{ key: 'warmup', message: 'The learning rate would grow to the very end', allowed }];
  }
  if ('step' in schedule && schedule.step.every >= longest) {
    const allowed = `less than ${longest}, the epochs of the longest training`;
    return [{ key: 'every', message: 'The learning rate would never fall', allowed }];
  }
  return [];
}
