import { mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EndSpan, SpanArguments, SpanSink } from './profile.js';

/** One event of Chrome's trace format (`trace_event`); times are microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: 'B' | 'E' | 'X' | 'M';
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: SpanArguments;
}

const THREADS = { work: 1, store: 2 } as const;
/** What every moment of the file ends with. */
const TAIL = '\n]\n';

/** Microseconds since 1970, so that traces of several processes can be laid side by side. */
function now(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** File of a trainer's trace in a folder: `node-1-0.4711.trace.json` for the slot `node-1/0` and the process 4711. */
export function traceFile(folder: string, ranOn: string, pid = process.pid): string {
  return join(folder, `${ranOn.replace(/[^A-Za-z0-9._-]/g, '-')}.${pid}.trace.json`);
}

/**
 * Writes spans to a file as they begin and end. Each event replaces the end of the list in one write, so that the file is whole JSON
 * whenever the process is killed. A file that cannot be written any more ends the profile, not the work.
 */
export class ChromeTrace implements SpanSink {
  private readonly file: number;
  private length: number;
  private isBroken = false;

  /** @param onBroken - hears why nothing more is written */
  constructor(
    path: string,
    processName: string,
    private readonly onBroken: (why: string) => void = () => undefined,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'w');
    const first = `[\n${JSON.stringify(metadata('process_name', THREADS.work, processName))}${TAIL}`;
    writeSync(this.file, first, 0);
    this.length = Buffer.byteLength(first);
    for (const [name, tid] of Object.entries(THREADS)) this.write(metadata('thread_name', tid, name));
  }

  span(track: keyof typeof THREADS, name: string, args: SpanArguments | undefined): EndSpan {
    const common = { name, pid: process.pid, tid: THREADS[track] };
    const about = args === undefined ? common : { ...common, args };
    const ts = now();
    // The store's overlap: only a whole span can say what belongs together. The others show what a killed process was in.
    if (track === 'store') return () => this.write({ ...about, ph: 'X', ts, dur: now() - ts });
    this.write({ ...about, ph: 'B', ts });
    return () => this.write({ ...common, ph: 'E', ts: now() });
  }

  private write(event: TraceEvent): void {
    if (this.isBroken) return;
    const text = `,\n${JSON.stringify(event)}${TAIL}`;
    try {
      writeSync(this.file, text, this.length - TAIL.length);
      this.length += Buffer.byteLength(text) - TAIL.length;
    } catch (error) {
      this.isBroken = true;
      this.onBroken(error instanceof Error ? error.message : String(error));
    }
  }
}

function metadata(name: string, tid: number, value: string): TraceEvent {
  return { name, ph: 'M', pid: process.pid, tid, args: { name: value } };
}
