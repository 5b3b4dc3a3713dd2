/** Things under keys, the ones used last, up to a number of bytes. The newest stays, however big. */
export class LastUsed<Value> {
  private readonly entries = new Map<string, Value>();

  /**
   * @param bytesOf - bytes of a thing
   * @param drop - told of each that leaves
   */
  constructor(
    private readonly limit: number,
    private readonly bytesOf: (value: Value) => number,
    private readonly drop: (value: Value) => void = () => undefined,
  ) {}

  /** Bytes of all that is kept. */
  get bytes(): number {
    return this.values.reduce((sum, value) => sum + this.bytesOf(value), 0);
  }

  /** All that is kept, the newest last. */
  get values(): readonly Value[] {
    return [...this.entries.values()];
  }

  /** What is under a key. */
  peek(key: string): Value | undefined {
    return this.entries.get(key);
  }

  /** What is under a key, which is the newest from now on. */
  use(key: string): Value | undefined {
    const value = this.entries.get(key);
    if (value !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, value);
    }
    return value;
  }

  /** Keeps a thing as the newest; the oldest go where there is too much. */
  keep(key: string, value: Value): void {
    this.entries.set(key, value);
    let { bytes } = this;
    for (const [old, other] of [...this.entries].slice(0, -1)) {
      if (bytes <= this.limit) return;
      bytes -= this.bytesOf(other);
      this.entries.delete(old);
      this.drop(other);
    }
  }

  /** Drops the oldest unless it is the newest, too; returns whether it did. */
  dropOldest(): boolean {
    const [oldest] = this.entries;
    if (oldest === undefined || this.entries.size === 1) return false;
    this.entries.delete(oldest[0]);
    this.drop(oldest[1]);
    return true;
  }

  /** Drops everything. */
  clear(): void {
    for (const value of this.entries.values()) this.drop(value);
    this.entries.clear();
  }
}
