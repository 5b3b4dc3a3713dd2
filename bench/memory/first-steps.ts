import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a trace event that are looked at. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly args?: { readonly stage?: string };
}

/** What a trainer's trace says of a stage. */
export interface StartOfStage {
  /** Milliseconds since 1970 at which its first optimizer step began. */
  readonly firstStepAt: number;
  /** Whether something was compiled in it. */
  readonly compiled: boolean;
}

/** The stages of the only trace in a folder, by key. */
export function startsOfStages(folder: string): ReadonlyMap<string, StartOfStage> {
  const [file = ''] = readdirSync(folder);
  const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly TraceEvent[];
  const starts = new Map<string, StartOfStage>();
  let key = '';
  let compiled = false;
  for (const { name, ph, ts, args } of events) {
    if (ph !== 'B') continue;
    if (name === 'stage') {
      key = args?.stage ?? '';
      compiled = false;
    }
    compiled ||= name === 'compile';
    if (name === 'steps' && !starts.has(key)) starts.set(key, { firstStepAt: ts / 1000, compiled });
  }
  return starts;
}
