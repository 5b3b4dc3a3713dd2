import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseSpec } from '../../core/spec/parse-spec.js';
import type { CalibrationSubject } from '../../core/training/calibration/calibration.js';

/** What the sweep of a spec file trains; null where the spec is wrong, which the gateway tells whoever starts it. */
export async function subjectOf(specFile: string): Promise<CalibrationSubject | null> {
  try {
    const source = {
      text: await readFile(specFile, 'utf8'),
      fileName: specFile,
      baseFolder: dirname(resolve(specFile)),
    };
    const { model, baseline } = await parseSpec({ ...source, within: null });
    return { model, batchSize: baseline.batchSize, optimizer: baseline.optimizer };
  } catch {
    return null;
  }
}
