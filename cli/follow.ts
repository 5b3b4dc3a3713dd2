import { createLogUpdate } from 'log-update';
import type { PrunefrontClient, Snapshot } from '../client/prunefront-client.js';
import type { SweepProgress } from '../core/sweep/progress.js';
import { print, printJson, terminalColumns } from './output.js';
import { progressLine, progressLines } from './view/progress-lines.js';

const LINE_EVERY_MS = 10_000;

/** Shows a sweep until it ends: a live view on a terminal, plain lines elsewhere, JSON lines for programs. Returns the last progress. */
export async function follow(
  gateway: PrunefrontClient,
  sweepId: string,
  json: boolean,
  signal: AbortSignal,
): Promise<SweepProgress | null> {
  const show = json ? showJson : process.stdout.isTTY ? liveView() : plainLines();
  let last: SweepProgress | null = null;
  for await (const snapshot of gateway.watch(sweepId, signal)) {
    last = snapshot.progress;
    show(snapshot);
  }
  return last;
}

function showJson({ progress, ...rest }: Snapshot): void {
  printJson({ ...progress, ...rest });
}

function liveView(): (snapshot: Snapshot) => void {
  const update = createLogUpdate(process.stdout, { showCursor: true });
  return (snapshot) => update(progressLines(snapshot, terminalColumns() - 1).join('\n'));
}

function plainLines(): (snapshot: Snapshot) => void {
  let shownAt = 0;
  let shown = '';
  return (snapshot) => {
    const { candidates, state, failures } = snapshot.progress;
    const notable = `${state} ${candidates.ok} ${candidates.failed} ${failures.length} ${snapshot.retryReasons}`;
    const now = Date.now();
    if (notable === shown && now - shownAt < LINE_EVERY_MS) return;
    shown = notable;
    shownAt = now;
    print(progressLine(snapshot));
  };
}
