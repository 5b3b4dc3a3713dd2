/** Whether a process takes work, and why it does not. */
export class Readiness {
  private readonly lacks = new Map<string, string>();
  private readonly listeners: ((ready: boolean) => void)[] = [];

  /** @param start - what it waits for at first; null where it is ready at once */
  constructor(start: string | null) {
    if (start !== null) this.lacks.set('start', start);
  }

  /** Says what a part lacks; null where nothing is in its way any more. */
  set(part: string, reason: string | null): void {
    const before = this.isReady;
    if (reason === null) this.lacks.delete(part);
    else this.lacks.set(part, reason);
    if (before !== this.isReady) for (const listener of this.listeners) listener(this.isReady);
  }

  get isReady(): boolean {
    return this.lacks.size === 0;
  }

  /** What is in the way, in words; null where nothing is. */
  get reason(): string | null {
    return this.isReady ? null : [...this.lacks.values()].join('; ');
  }

  /** Tells now, and whenever it changes. */
  onChange(listener: (ready: boolean) => void): void {
    this.listeners.push(listener);
    listener(this.isReady);
  }
}
