/** Why something can't run as a compiled graph, or may not be trusted to. It runs eagerly then, and the reason is told. */
export class EagerOnly extends Error {
  override readonly name = 'EagerOnly';

  /** @param message - the reason, as part of a sentence that begins with `because` */
  constructor(message: string) {
    super(message);
  }
}

/** Why a graph that was loaded does not do: the reason itself, or that TensorFlow can't run it. */
export function unfitToRun(error: unknown): EagerOnly {
  if (error instanceof EagerOnly) return error;
  return new EagerOnly(`TensorFlow can't run the graph: ${error instanceof Error ? error.message : String(error)}`);
}
