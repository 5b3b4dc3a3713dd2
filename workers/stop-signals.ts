import { fstatSync } from 'node:fs';

/**
 * Calls `stop` when this process has to end: at SIGTERM; when the process that started it with a pipe as standard input has gone; at
 * Ctrl-C where nobody did. Ctrl-C reaches the whole process group, and whoever holds the pipe decides what it means.
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
  if (!isPipe()) {
    process.on('SIGINT', hear);
    return;
  }
  process.on('SIGINT', () => undefined);
  process.stdin.on('end', stop);
  process.stdin.on('error', stop);
  process.stdin.resume();
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
