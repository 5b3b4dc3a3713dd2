interface Growable<A> {
  readonly length: number;
  set(values: A): void;
  subarray(from: number, to: number): A;
  slice(from: number, to: number): A;
}

/** Numbers of a stream whose length nobody knows yet, in a typed array that doubles: a list of them would end at about 100 million. */
export class Growing<A extends Growable<A> & { [index: number]: number }> {
  private values: A;
  private used = 0;

  constructor(private readonly make: (length: number) => A) {
    this.values = make(1024);
  }

  push(value: number): void {
    if (this.used === this.values.length) {
      const wider = this.make(this.values.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.used++] = value;
  }

  /** What was pushed, in an array of just that length. */
  done(): A {
    return this.values.slice(0, this.used);
  }
}
