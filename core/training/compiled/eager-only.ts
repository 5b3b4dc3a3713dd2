/** Why something can't run as a compiled graph, or may not be trusted to. It runs eagerly then, and the reason is told. */
export class EagerOnly extends Error {
  override readonly name = 'EagerOnly';

  /** @param message - the reason, as part of a sentence that begins with `because` */
  constructor(message: string) {
    super(message);
  }
}
