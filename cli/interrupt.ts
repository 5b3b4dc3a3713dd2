/** Thrown where Ctrl-C ended a command in order. */
export class Interrupted extends Error {}

/** A signal that fires at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function onInterrupt(): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Interrupted('interrupted'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    done() {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}
