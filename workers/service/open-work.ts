/** Work of a process that is under way, by what it is. */
export class OpenWork {
  private readonly names = new Map<symbol, string>();

  /** Remembers work until it has come to its end. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    const id = Symbol(what);
    this.names.set(id, what);
    try {
      return await work;
    } finally {
      this.names.delete(id);
    }
  }

  /** What is under way, for people. */
  toString(): string {
    return this.names.size === 0 ? 'nothing that it knows of' : [...this.names.values()].join(', ');
  }
}
