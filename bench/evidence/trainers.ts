import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrunefrontError } from '../../core/errors.js';
import type { Stage } from '../../core/sweep/stage.js';
import { TrainerProcess } from '../../workers/gpu-node/trainer-process.js';

/** What ends the work before everything is done. */
export interface Stops {
  /** Everything ends at once. */
  readonly interrupted: AbortSignal;
  /** Nothing more is trained; what is trained is still scored. */
  readonly late: AbortSignal;
}

/** A trainer says nothing while SynFlow iterates, which takes long where other programs keep the machine busy. */
const SILENCE_MS = 600_000;

/** Trainer processes on one store, one for each core, that run stages, each key once. */
export class Trainers {
  private readonly folder = mkdtempSync(join(tmpdir(), 'prunefront-evidence-'));
  private readonly idle: TrainerProcess[];
  private readonly all: readonly TrainerProcess[];
  private readonly waiting: ((trainer: TrainerProcess) => void)[] = [];
  private readonly results = new Map<string, Promise<void>>();

  /** @param store - folder of the artifact store */
  constructor(
    store: string,
    private readonly stops: Stops,
    count = availableParallelism(),
  ) {
    this.all = Array.from(
      { length: count },
      (_, i) =>
        new TrainerProcess({
          socket: join(this.folder, `${i}.sock`),
          store,
          ranOn: `evidence/${i}`,
          ...{ gpu: null, threads: 1, checkpointEveryMs: 60_000, silenceMs: SILENCE_MS, memoryLimit: 2e9 },
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
   * @throws PrunefrontError with the cause of a stage that cannot work; the reason of the signal that stopped it; Error where a trainer is lost
   */
  async chain(stages: readonly Stage[]): Promise<void> {
    for (const stage of stages) await this.once(stage);
  }

  /** Ends the processes. */
  async stop(): Promise<void> {
    await Promise.all(this.all.map((trainer) => trainer.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private once(stage: Stage): Promise<void> {
    const known = this.results.get(stage.key) ?? this.run(stage);
    this.results.set(stage.key, known);
    return known;
  }

  private async run(stage: Stage): Promise<void> {
    const trainer = this.idle.pop() ?? (await new Promise<TrainerProcess>((resolve) => this.waiting.push(resolve)));
    try {
      const { interrupted, late } = this.stops;
      interrupted.throwIfAborted();
      if (stage.operation.kind !== 'score') late.throwIfAborted();
      await trainer.ready();
      const outcome = await trainer.run(stage, null, () => undefined, interrupted);
      interrupted.throwIfAborted();
      if (outcome.kind === 'failed') {
        const { code, message, ...facts } = outcome.error;
        throw new PrunefrontError(code, message, facts);
      }
      if (outcome.kind !== 'finished') throw new Error(`the trainer of a stage is ${outcome.kind}`);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.idle.push(trainer);
      else next(trainer);
    }
  }
}
