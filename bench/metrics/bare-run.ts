import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { Stage } from '../../core/sweep/stage.js';
import { TRAINER_ENVIRONMENT } from './trainer-environment.js';

const PROGRAM = fileURLToPath(new URL('./bare-trainer.js', import.meta.url));

/** Stages in the order of a sweep: the dense model, then what starts from it. */
export interface SweepStages {
  readonly baseline: Stage;
  readonly candidates: readonly Stage[];
}

/** Trainers without progress, one for each slot, on a store of their own. */
export class BareTrainers {
  private readonly trainers: readonly { readonly child: ChildProcess; readonly lines: Interface }[];

  /**
   * @param source - the store that the stages were run on; its data sets are taken over
   * @param folder - the store to run them on again
   */
  constructor(
    source: string,
    private readonly folder: string,
    slots: number,
  ) {
    mkdirSync(folder, { recursive: true });
    cpSync(source, folder, { recursive: true });
    this.trainers = Array.from({ length: slots }, () => {
      const child = spawn(process.execPath, ['--max-old-space-size=512', PROGRAM, '--store', folder], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, ...TRAINER_ENVIRONMENT },
      });
      return { child, lines: createInterface({ input: child.stdout ?? process.stdin }) };
    });
  }

  /** Runs the stages anew, as many at once as there are trainers; returns the seconds of all stages together. */
  async run({ baseline, candidates }: SweepStages): Promise<number> {
    const stages = [baseline, ...candidates];
    for (const { key } of stages) rmSync(join(this.folder, 'records', `${key}.json`), { force: true });
    await this.stage(0, baseline);
    const waiting = [...candidates];
    await Promise.all(
      this.trainers.map(async (_, slot) => {
        for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) await this.stage(slot, stage);
      }),
    );
    return stageSeconds(
      this.folder,
      stages.map(({ key }) => key),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.trainers.map(async ({ child }) => {
        const ended = once(child, 'exit');
        child.stdin?.end();
        await ended;
      }),
    );
  }

  private async stage(slot: number, stage: Stage): Promise<void> {
    const trainer = this.trainers[slot];
    if (trainer === undefined) throw new Error(`there is no slot ${slot}`);
    const done = once(trainer.lines, 'line');
    trainer.child.stdin?.write(`${JSON.stringify(stage)}\n`);
    await done;
  }
}

/** Seconds that stages took in all, each from its start in the trainer to its end. */
export async function stageSeconds(folder: string, keys: readonly string[]): Promise<number> {
  const store = await openFolderStore(folder);
  const seconds = keys.map(async (key) => {
    const record = await store.getRecord(key);
    if (record === null) throw new Error(`the store has no record of stage ${key}`);
    return (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000;
  });
  return (await Promise.all(seconds)).reduce((total, each) => total + each, 0);
}
