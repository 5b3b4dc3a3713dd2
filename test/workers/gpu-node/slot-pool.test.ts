import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeDrains, type SlotLease } from '../../../activities/index.js';
import type { Stage } from '../../../core/sweep/stage.js';
import { TrainerSlots } from '../../../workers/gpu-node/slot-pool.js';

/** Slots whose trainers are never started. */
function slotsOf(count: number): TrainerSlots {
  const settings = { store: '', ranOn: '', gpu: null, threads: 1, checkpointEveryMs: 1, silenceMs: 1, memoryLimit: 1 };
  return new TrainerSlots(Array.from({ length: count }, (_, slot) => ({ ...settings, slot, socket: `${slot}.sock` })));
}

const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the slots of a node', () => {
  it('given two slots, when three stages want one, then the third waits until one is given back', async () => {
    const slots = slotsOf(2);
    const [first, second] = [await slots.lease(never), await slots.lease(never)];
    expect([first.slot, second.slot]).toEqual([0, 1]);
    let third: SlotLease | null = null;
    const waiting = slots.lease(never).then((lease) => (third = lease));
    await settled();
    expect(third).toBeNull();
    second.release();
    expect((await waiting).slot).toBe(1);
  });

  it('given several that wait, when slots come back, then they get them in the order in which they came', async () => {
    const slots = slotsOf(1);
    let held = await slots.lease(never);
    const got: string[] = [];
    const waiting = ['a', 'b', 'c'].map((name) =>
      slots.lease(never).then((lease) => {
        got.push(name);
        return lease;
      }),
    );
    for (const next of waiting) {
      held.release();
      held = await next;
    }
    expect(got).toEqual(['a', 'b', 'c']);
  });

  it('given one that waits, when it is taken back, then it leaves the queue and the next one gets the slot', async () => {
    const slots = slotsOf(1);
    const held = await slots.lease(never);
    const takenBack = new AbortController();
    const first = slots.lease(takenBack.signal);
    const second = slots.lease(never);
    takenBack.abort(new Error('taken back'));
    await expect(first).rejects.toThrow('taken back');
    held.release();
    expect((await second).slot).toBe(0);
  });

  it('given a stage that was taken back before it came, when all slots are held, then it does not even wait', async () => {
    const slots = slotsOf(1);
    const held = await slots.lease(never);
    await expect(slots.lease(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    held.release();
    expect((await slots.lease(never)).slot).toBe(0);
  });

  it('given a slot that is given back twice, when two stages want it, then only one gets it', async () => {
    const slots = slotsOf(1);
    const lease = await slots.lease(never);
    lease.release();
    const next = await slots.lease(never);
    lease.release();
    let other: SlotLease | null = null;
    const waiting = slots.lease(never).then((got) => (other = got));
    await settled();
    expect(other).toBeNull();
    next.release();
    await waiting;
  });

  it('given a pool that hands over, then nobody gets a slot, who waits is sent on, and a stage that has not begun does not begin', async () => {
    const slots = slotsOf(1);
    const held = await slots.lease(never);
    const waiting = slots.lease(never);
    const refused = expect(waiting).rejects.toBeInstanceOf(NodeDrains);
    await slots.handOver();
    await refused;
    await expect(slots.lease(never)).rejects.toBeInstanceOf(NodeDrains);
    await expect(held.ready()).rejects.toBeInstanceOf(NodeDrains);
    const outcome = await held.run({} as Stage, 'checkpoint', () => undefined, never);
    expect(outcome).toEqual({ kind: 'handedOver', checkpoint: 'checkpoint' });
    expect(slots.status().map(({ state }) => state)).toEqual(['busy']);
    held.release();
    expect(slots.status().map(({ state }) => state)).toEqual(['closed']);
  });

  it('given a pool that has handed over, when it is opened again, then its slots are to be had again, each once', async () => {
    const slots = slotsOf(2);
    const held = await slots.lease(never);
    await slots.handOver();
    held.release();
    await slots.rest();
    slots.reopen();
    expect(slots.status().map(({ state }) => state)).toEqual(['free', 'free']);
    const leases = await Promise.all([slots.lease(never), slots.lease(never)]);
    expect(new Set(leases.map(({ slot }) => slot)).size).toBe(2);
  });

  it('given any interleaving of leases, abortions and releases, then no slot has two holders, none is lost, and who waits is served in order', async () => {
    const action = fc.oneof(
      fc.constant({ kind: 'lease' } as const),
      fc.record({ kind: fc.constantFrom('release', 'releaseAgain', 'abort'), which: fc.nat(20) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(action, { maxLength: 60 }), async (count, actions) => {
        const pool = new Followed(count);
        for (const each of actions) {
          if (each.kind === 'lease') pool.lease();
          else if (each.kind === 'abort') pool.abort(each.which);
          else pool.release(each.which, each.kind === 'releaseAgain');
          await settled();
          pool.check();
        }
        await pool.drain();
      }),
      { numRuns: 200 },
    );
  });
});

/** A pool with a record of who came, waits and holds. */
class Followed {
  private readonly slots: TrainerSlots;
  private readonly held: SlotLease[] = [];
  private readonly given: SlotLease[] = [];
  private readonly waiting: { readonly id: number; readonly stop: AbortController }[] = [];
  private readonly served: number[] = [];
  private came = 0;

  constructor(private readonly count: number) {
    this.slots = slotsOf(count);
  }

  lease(): void {
    const asking = { id: this.came++, stop: new AbortController() };
    this.waiting.push(asking);
    this.slots.lease(asking.stop.signal).then(
      (lease) => {
        this.leave(asking);
        this.served.push(asking.id);
        this.held.push(lease);
      },
      () => this.leave(asking),
    );
  }

  abort(which: number): void {
    this.waiting[which % Math.max(1, this.waiting.length)]?.stop.abort(new Error('taken back'));
  }

  release(which: number, again: boolean): void {
    const from = again ? this.given : this.held;
    const lease = from[which % Math.max(1, from.length)];
    lease?.release();
    if (lease === undefined || again) return;
    this.held.splice(this.held.indexOf(lease), 1);
    this.given.push(lease);
  }

  check(): void {
    const holders = this.held.map(({ slot }) => slot);
    expect(new Set(holders).size).toBe(holders.length);
    expect(holders.every((slot) => slot >= 0 && slot < this.count)).toBe(true);
    // Nobody waits while a slot is free.
    expect(this.waiting.length === 0 || holders.length === this.count).toBe(true);
    expect(this.served).toEqual([...this.served].sort((a, b) => a - b));
  }

  /** Gives everything back; then all slots are to be had again. */
  async drain(): Promise<void> {
    for (const { stop } of [...this.waiting]) stop.abort(new Error('over'));
    await settled();
    for (const lease of this.held.splice(0)) lease.release();
    const all = await Promise.all(Array.from({ length: this.count }, () => this.slots.lease(never)));
    expect(new Set(all.map(({ slot }) => slot)).size).toBe(this.count);
  }

  private leave(asking: { readonly id: number }): void {
    this.waiting.splice(
      this.waiting.findIndex(({ id }) => id === asking.id),
      1,
    );
  }
}
