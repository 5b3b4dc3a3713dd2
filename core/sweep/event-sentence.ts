import type { SweepEvent } from './events.js';
import { mainScore, type Quality, taskOf } from './task.js';

/** An event in one sentence for people. */
export function eventSentence(event: SweepEvent): string {
  switch (event.kind) {
    case 'started':
      return `The sweep ${event.name} started`;
    case 'stateChanged':
      return `The sweep is now ${event.state}`;
    case 'baselineMeasured':
      return `The dense model reaches ${mainPhrase(event.point.summary)}`;
    case 'candidateEnded': {
      const { id, label, summary } = event.point;
      const front = event.onFront ? ' and is on the front' : '';
      return `${id} (${label}) reaches ${mainPhrase(summary)}${front}`;
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

/** `an accuracy of 97.25 %`. */
function mainPhrase(quality: Quality): string {
  const score = mainScore(quality);
  switch (taskOf(quality)) {
    case 'classification':
      return `an accuracy of ${percent(score)}`;
    case 'regression':
      return `an R² of ${percent(score)}`;
    case 'reconstruction':
      return `a PSNR of ${score.toFixed(2)} dB`;
  }
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}
