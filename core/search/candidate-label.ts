import { COMPRESSIONS } from '../compression/index.js';
import { CRITERIA } from '../pruning/criteria/index.js';
import { GRANULARITIES } from '../pruning/granularities/index.js';
import { SCHEDULES } from '../pruning/schedules/index.js';
import { SCOPES } from '../pruning/scopes/index.js';
import { type Choice, nameOf, type Registry, withoutDefaults } from '../registry/index.js';
import { type CompressionPipeline, describeCompression, PRUNING_STEP } from '../sweep/compression.js';
import { describeMethod } from '../sweep/describe-method.js';
import { describeRecoveryExtras } from '../sweep/recovery.js';
import { describeScheduleAmong, isEarly, isIterative, type Schedule } from '../sweep/schedule.js';
import type { Method, Recovery, SearchSpace } from '../sweep/spec.js';
import type { SearchPoint } from '../sweep/stage.js';

/** What a candidate is, for people: settings at their defaults go without saying, as does what all of the space share. */
export function candidateLabel(point: SearchPoint, space: SearchSpace): string {
  const { method, sparsity, schedule, recovery, compression } = point;
  return [
    describeMethod(shortMethod(method)),
    describeSparsity(sparsity),
    describeScheduleAmong(shortSchedule(schedule), space.schedule.map(shortSchedule)),
    ...(space.recovery.length > 1 ? [describeRecovery(recovery)] : []),
    ...(compression === undefined
      ? []
      : [describeCompression(shortPipeline(compression), (space.compression ?? []).map(shortPipeline))]),
  ].join(', ');
}

/** `92.5 %`. */
function describeSparsity(sparsity: number): string {
  return `${Number((sparsity * 100).toFixed(2))} %`;
}

/** `2 epochs at 0.0005, cosine`. */
function describeRecovery(recovery: Recovery): string {
  return [`${recovery.epochs} epochs at ${recovery.learningRate}`, ...describeRecoveryExtras(recovery)].join(', ');
}

function short(choice: Choice, registry: Pick<Registry, 'get'>): Choice {
  return withoutDefaults(choice, registry.get(nameOf(choice)));
}

function shortMethod({ granularity, criterion, scope, ...rest }: Method): Method {
  return {
    ...rest,
    granularity: short(granularity, GRANULARITIES),
    criterion: short(criterion, CRITERIA),
    scope: short(scope, SCOPES),
  };
}

function shortSchedule(schedule: Schedule): Schedule {
  if (isIterative(schedule)) return schedule;
  return isEarly(schedule)
    ? { ...schedule, schedule: short(schedule.schedule, SCHEDULES) }
    : short(schedule, SCHEDULES);
}

function shortPipeline({ steps, ...rest }: CompressionPipeline): CompressionPipeline {
  return { ...rest, steps: steps.map((step) => (step === PRUNING_STEP ? step : short(step, COMPRESSIONS))) };
}
