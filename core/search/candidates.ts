import type { Method, Schedule, SweepSpec } from '../sweep/spec.js';
import type { Candidate, Stage } from '../sweep/stage.js';
import { samplerOf } from './samplers/index.js';
import { candidateStages, type SearchPoint } from './stages.js';

/** The next candidates of a sweep: what it proposes after `asked` others. */
export function suggestCandidates(spec: SweepSpec, baseline: Stage, asked: number, count: number): Candidate[] {
  return samplerOf(spec)
    .ask(spec, asked, count)
    .map((point, i) => candidateOf(spec, baseline, point, asked + i + 1));
}

function candidateOf(spec: SweepSpec, baseline: Stage, point: SearchPoint, number: number): Candidate {
  const several =
    spec.space.recovery.length > 1 ? `, ${point.recovery.epochs} epochs at ${point.recovery.learningRate}` : '';
  return {
    id: `c${String(number).padStart(3, '0')}`,
    label: `${describeMethod(point.method)}, ${describeSparsity(point.sparsity)}, ${describeSchedule(point.schedule)}${several}`,
    ...point,
    stages: candidateStages(spec, baseline, point),
  };
}

/** `weight magnitude global`. */
export function describeMethod({ granularity, criterion, scope }: Method): string {
  return `${granularity} ${criterion} ${scope}`;
}

/** `92.5 %`. */
export function describeSparsity(sparsity: number): string {
  return `${Number((sparsity * 100).toFixed(2))} %`;
}

/** `one-shot`, `polynomial`, `constant`, `3 rounds, rewound to the start`. */
export function describeSchedule(schedule: Schedule): string {
  if (schedule === 'oneShot') return 'one-shot';
  if ('constant' in schedule) return 'constant';
  if ('polynomialDecay' in schedule) return 'polynomial';
  const { rounds, rewind } = schedule.iterative;
  const rewound = rewind === 'none' ? '' : `, rewound to ${rewind === 'start' ? 'the start' : `epoch ${rewind.epoch}`}`;
  return `${rounds} rounds${rewound}`;
}
