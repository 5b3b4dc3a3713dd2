import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SlotShare } from '../../core/sweep/progress.js';
import type { Stage } from '../../core/sweep/stage.js';
import { PaperSweeps, paperSpec, type SweepHandle, until } from '../support/paper-sweeps.js';

/** So many that plenty wait when the second sweep comes, however slow the machine is. */
const FIRST = 40;
const SECOND = 12;
/** Stages that the server may have handed out before it knew of the second sweep. */
const HANDED_OUT = 2;

/** Each partition of a task queue keeps an order of its own; the order of one is that of the queue. */
const ONE_PARTITION = ['Read', 'Write'].flatMap((side) => [
  '--dynamic-config-value',
  `matching.numTaskqueue${side}Partitions=1`,
]);

let sweeps: PaperSweeps;

beforeAll(async () => {
  sweeps = await PaperSweeps.open(ONE_PARTITION, undefined, { slots: 1 });
});
afterAll(() => sweeps.close());
beforeEach(() => {
  sweeps.slots.ran.length = 0;
});

/** Sparsities of a sweep of its own, from `first` on: its stages are told apart by them. */
const sparsities = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i / 1000);
const sparsityOf = ({ operation }: Stage): number => (operation.kind === 'prune' ? operation.sparsity : 0);

/** The one sweep, then the other; the order in which stages that all wait for a single slot get it: `a` and `b`. */
async function order(name: string, first: number, a: SlotShare, b: SlotShare): Promise<string> {
  const door = new Door();
  sweeps.slots.behave = async ({ operation }) => (operation.kind === 'prune' ? door.pass() : null);
  const start = (i: number, count: number, share: SlotShare): Promise<SweepHandle> =>
    sweeps.start(paperSpec(`${name}-${i}`, sparsities(first + i / 10, count)), { share, window: count });
  const one = await start(0, FIRST, a);
  await until(() => door.isKnockedAt);
  const other = await start(1, SECOND, b);
  await until(async () => (await pendingStages(other)) === 1);
  // The dense model of the second sweep waits for the slot, too.
  await until(async () => {
    const pending = await pendingStages(other);
    if (pending === 1) door.letOnePass();
    return pending === SECOND;
  });
  const contested = sweeps.slots.ran.length;
  door.open();
  await Promise.all([one.result(), other.result()]);
  return sweeps.slots.ran
    .slice(contested)
    .filter(({ operation }) => operation.kind === 'prune')
    .map((stage) => (sparsityOf(stage) < first + 1 / 10 ? 'a' : 'b'))
    .join('');
}

/** Stages that run or wait in the task queue. */
async function pendingStages(handle: SweepHandle): Promise<number> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).filter(({ activityType }) => activityType?.name === 'runStage').length;
}

/** A door where the only slot waits with its stage. */
class Door {
  private knocking: (() => void) | null = null;
  private isOpen = false;

  get isKnockedAt(): boolean {
    return this.knocking !== null;
  }

  pass(): Promise<null> {
    if (this.isOpen) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.knocking = () => resolve(null);
    });
  }

  letOnePass(): void {
    const { knocking } = this;
    this.knocking = null;
    knocking?.();
  }

  open(): void {
    this.isOpen = true;
    this.letOnePass();
  }
}

describe('two sweeps that share slots', () => {
  it('given equal shares, when both wait for the same slot, then they get it in turn', async () => {
    const turns = await order('equal', 0.1, { priority: 3, weight: 1 }, { priority: 3, weight: 1 });
    const contested = turns.slice(HANDED_OUT, HANDED_OUT + 8);
    expect(contested.replaceAll('a', '').length).toBeGreaterThanOrEqual(3);
    expect(contested.replaceAll('b', '').length).toBeGreaterThanOrEqual(3);
  });

  it('given a sweep that is more urgent, when both wait for the same slot, then its stages get it first', async () => {
    const turns = await order('urgent', 0.4, { priority: 4, weight: 1 }, { priority: 2, weight: 1 });
    expect(turns.slice(0, SECOND - 2).replaceAll('b', '').length).toBeLessThanOrEqual(HANDED_OUT + 1);
  });
});
