import { fstatSync } from 'node:fs';

const PARENT_POLL_MS = 500;

/**
 * Calls `stop` when this process has to end: at SIGTERM; when the npm that ran it has gone, because npm passes no signal on; when the
 * process that started it with a pipe as standard input has gone; at Ctrl-C where nobody did. Ctrl-C reaches the whole process group, and
 * whoever holds the pipe decides what it means.
 * @param hurry - called at a second signal
 */
export function onStop(stop: () => void, hurry: () => void = () => undefined): void {
  let signals = 0;
  const hear = (): void => {
    signals += 1;
    if (signals === 1) stop();
    else hurry();
  };
  process.on('SIGTERM', hear);
  if (process.env['npm_command'] === 'exec') onParentGone(hear);
  if (!isPipe()) {
    process.on('SIGINT', hear);
    return;
  }
  process.on('SIGINT', () => undefined);
  process.stdin.on('end', stop);
  process.stdin.on('error', stop);
  process.stdin.resume();
}

/** Calls back once the process that started this one has ended. */
function onParentGone(gone: () => void): void {
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(poll);
    gone();
  }, PARENT_POLL_MS).unref();
}

/** Only a pipe tells that its other end has gone: `/dev/null`, which services get, ends at once. */
function isPipe(): boolean {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isSocket();
  } catch {
    return false;
  }
}
