// @ts-check
import { releaseLocks } from './lock.mjs';
import { endChildren } from './processes.mjs';
import { removeLiveScratch } from './scratch.mjs';

/** Ctrl-C leaves nothing half-done behind. */
export function tidyUpOnSignals() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      endChildren();
      removeLiveScratch();
      releaseLocks();
      process.exit(130);
    });
  }
}
