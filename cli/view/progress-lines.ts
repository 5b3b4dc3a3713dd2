import pc from 'picocolors';
import type { Snapshot } from '../../client/prunefront-client.js';
import { mainWord } from '../../core/report/quality-metrics.js';
import type { StageHeartbeat, SweepState } from '../../core/sweep/progress.js';
import { mainScore, taskOf } from '../../core/sweep/task.js';
import { duration, percent, quantity } from '../format.js';
import { failureLine } from './front-table.js';
import { costMetric } from './objectives.js';
import { textPlot } from './plot.js';

/** The live view of a sweep as lines for a terminal of a width. */
export function progressLines(snapshot: Snapshot, width: number): string[] {
  const { progress, slots, stagesRunning, stagesQueued, remainingMs, elapsedMs, retryReasons } = snapshot;
  const { candidates, stages, front, baseline, failures } = progress;
  const ended = candidates.ok + candidates.failed;
  const left = isOver(progress.state)
    ? ''
    : remainingMs < 0
      ? ', time left not yet known'
      : `, ${duration(remainingMs)} left`;
  const failed = candidates.failed > 0 ? pc.red(`, ${candidates.failed} failed`) : '';
  const reused = stages.reused > 0 ? ` (${stages.reused} from the store)` : '';
  const head = [
    `${pc.bold(progress.name)}  ${stateWord(progress.state)}  ${ended} of ${candidates.total} candidates${failed}  ${duration(elapsedMs)}${left}`,
    `${bar(candidates.total === 0 ? 0 : ended / candidates.total, Math.max(0, Math.min(40, width - 4)))}  stages: ${stages.done} done${reused}, ${stagesRunning} running, ${stagesQueued + stages.waiting} queued`,
  ];
  const again = retryReasons.map((reason) => pc.yellow(`! trying again: ${reason}`));
  const running =
    slots.length === 0 ? [] : ['', ...slots.map(({ heartbeat, attempt }) => slotLine(heartbeat, attempt))];
  const task = taskOf(baseline?.summary ?? front[0]?.summary ?? {});
  const cost = costMetric(progress.policy.objectives, task);
  const marked = [
    ...(baseline === null ? [] : [{ summary: baseline.summary, mark: 'D' }]),
    ...front.map(({ id, summary }) => ({ summary, mark: id === 'dense' ? 'D' : '●' })),
  ];
  const points = marked.flatMap(({ summary, mark }) => {
    const x = summary[cost.name];
    return x === undefined ? [] : [{ x, y: mainScore(summary), mark }];
  });
  const plot = textPlot(
    points,
    { width: Math.max(20, Math.min(64, width - 16)), height: 8 },
    {
      x: (value) => quantity(value, cost.kind),
      y: (value) => (task === 'reconstruction' ? `${value.toFixed(1)} dB` : percent(Math.min(1, value))),
    },
  );
  const title =
    plot.length === 0
      ? []
      : [
          '',
          pc.dim(
            `front so far (${front.length}): ${mainWord(task)} on validation against ${cost.name === 'bytesGzip' ? 'bytes after gzip' : cost.label}; D is dense`,
          ),
        ];
  const wrong = failures.map(failureLine);
  return [...head, ...again, ...running, ...title, ...plot, ...(wrong.length === 0 ? [] : ['', ...wrong])].map((line) =>
    cut(line, width),
  );
}

/** One line for logs and for output that is no terminal. */
export function progressLine({ progress, stagesRunning, stagesQueued, remainingMs, retryReasons }: Snapshot): string {
  const { candidates, stages, front } = progress;
  const left = remainingMs < 0 || isOver(progress.state) ? '' : `, ${duration(remainingMs)} left`;
  const again = retryReasons.length === 0 ? '' : `, trying again: ${retryReasons.join('; ')}`;
  return `${progress.state}: ${candidates.ok + candidates.failed}/${candidates.total} candidates (${candidates.failed} failed), stages ${stages.done} done, ${stagesRunning} running, ${stagesQueued + stages.waiting} queued, front ${front.length}${left}${again}`;
}

/** Of what has ended nothing is left. */
function isOver(state: SweepState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

function slotLine(heartbeat: StageHeartbeat, attempt: number): string {
  const { slot, candidate, label, phase, epoch, epochs, step, steps, loss, imagesPerSecond, sparsity } = heartbeat;
  const numbers = [
    epochs > 0 ? `epoch ${epoch}/${epochs}` : phase,
    loss === null ? null : `loss ${loss.toFixed(4)}`,
    imagesPerSecond === null ? null : `${Math.round(imagesPerSecond)} images/s`,
    sparsity > 0 ? `sparsity ${percent(sparsity)}` : null,
    attempt > 1 ? pc.yellow(`try ${attempt}`) : null,
  ].filter((part) => part !== null);
  return `slot ${slot}  ${bar(steps === 0 ? 0 : step / steps, 14)}  ${pc.cyan(candidate)}${label === candidate ? '' : ` ${label}`}  ${pc.dim(numbers.join(', '))}`;
}

function bar(fraction: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `${pc.green('█'.repeat(full))}${pc.dim('░'.repeat(width - full))}`;
}

function stateWord(state: string): string {
  if (state === 'failed' || state === 'cancelled') return pc.red(state);
  if (state === 'paused') return pc.yellow(state);
  return pc.green(state);
}

/** Cuts a line to a width, not counting colours. */
function cut(line: string, width: number): string {
  let visible = 0;
  let at = 0;
  while (at < line.length && visible < width) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one
    const colour = /^\u001b\[\d+m/.exec(line.slice(at));
    at += colour === null ? 1 : colour[0].length;
    if (colour === null) visible += 1;
  }
  return at < line.length ? `${line.slice(0, at)}${pc.reset('')}` : line;
}
