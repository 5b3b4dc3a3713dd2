import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from '../../core/sweep/stage.js';
import { TrainerProcess } from '../../workers/gpu-node/trainer-process.js';

/** Trainer processes on one store, one for each core, that run stages, each key once. */
export class Trainers {
  private readonly folder = mkdtempSync(join(tmpdir(), 'prunefront-evidence-'));
  private readonly idle: TrainerProcess[];
  private readonly all: readonly TrainerProcess[];
  private readonly waiting: ((trainer: TrainerProcess) => void)[] = [];
  private readonly results = new Map<string, Promise<void>>();

  /** @param store - folder of the artifact store */
  constructor(store: string, count = availableParallelism()) {
    this.all = Array.from(
      { length: count },
      (_, i) =>
        new TrainerProcess({
          socket: join(this.folder, `${i}.sock`),
          store,
          ranOn: `evidence/${i}`,
          ...{ gpu: null, threads: 1, checkpointEveryMs: 60_000, silenceMs: 60_000, memoryLimit: 4e9 },
        }),
    );
    this.idle = [...this.all];
  }

  /** How many stages can run at once. */
  get size(): number {
    return this.all.length;
  }

  /**
   * Runs a chain of stages, first to last.
   * @throws where a stage fails
   */
  async chain(stages: readonly Stage[], signal: AbortSignal): Promise<void> {
    for (const stage of stages) await this.once(stage, signal);
  }

  /** Ends the processes. */
  async stop(): Promise<void> {
    await Promise.all(this.all.map((trainer) => trainer.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private once(stage: Stage, signal: AbortSignal): Promise<void> {
    const known = this.results.get(stage.key) ?? this.run(stage, signal);
    this.results.set(stage.key, known);
    return known;
  }

  private async run(stage: Stage, signal: AbortSignal): Promise<void> {
    const trainer = this.idle.pop() ?? (await new Promise<TrainerProcess>((resolve) => this.waiting.push(resolve)));
    try {
      signal.throwIfAborted();
      await trainer.ready();
      const outcome = await trainer.run(stage, null, () => undefined, signal);
      if (outcome.kind === 'failed') throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
      if (outcome.kind !== 'finished') throw new Error(`a stage is ${outcome.kind}`);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.idle.push(trainer);
      else next(trainer);
    }
  }
}
