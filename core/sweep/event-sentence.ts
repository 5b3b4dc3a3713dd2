import type { SweepEvent } from './events.js';

/** An event in one sentence for people. */
export function eventSentence(event: SweepEvent): string {
  switch (event.kind) {
    case 'started':
      return `The sweep ${event.name} started`;
    case 'stateChanged':
      return `The sweep is now ${event.state}`;
    case 'baselineMeasured':
      return `The dense model reaches an accuracy of ${percent(event.point.summary.accuracy)}`;
    case 'candidateEnded': {
      const { id, label, summary } = event.point;
      const front = event.onFront ? ' and is on the front' : '';
      return `${id} (${label}) reaches an accuracy of ${percent(summary.accuracy)}${front}`;
    }
    case 'candidateFailed':
      return `${event.id} (${event.label}) failed: ${event.cause.message}`;
    case 'budgetRaised':
      return `The budget is now ${event.candidates} candidates`;
    case 'selected':
      return event.selection.id === null
        ? `Nothing was selected: ${event.selection.reason}`
        : `${event.selection.id} was selected: ${event.selection.reason}`;
    case 'ended':
      return event.error === null
        ? `The sweep ended as ${event.state}`
        : `The sweep ended as ${event.state}: ${event.error.message}`;
  }
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}
