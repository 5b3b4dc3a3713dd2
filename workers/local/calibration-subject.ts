import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseSpec } from '../../core/spec/parse-spec.js';
import { sweepIdOf } from '../../core/spec/sweep-id.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { CalibrationSubject } from '../../core/training/calibration/calibration.js';

/**
 * What the sweep of a spec file trains; null where the store has its result, so that nothing is left to train, or where the spec is wrong,
 * which the gateway tells whoever starts it.
 */
export async function subjectOf(specFile: string, storeFolder: string): Promise<CalibrationSubject | null> {
  try {
    const source = {
      text: await readFile(specFile, 'utf8'),
      fileName: specFile,
      baseFolder: dirname(resolve(specFile)),
    };
    const spec = await parseSpec({ ...source, within: null });
    const store = await openFolderStore(storeFolder);
    if ((await store.getDocument(`sweeps/${await sweepIdOf(spec)}/result.json`)) !== null) return null;
    const { model, baseline } = spec;
    return { model, batchSize: baseline.batchSize, optimizer: baseline.optimizer };
  } catch {
    return null;
  }
}
