import { diagnoseDisk, diagnoseDriver, diagnoseMemory, diagnoseStore } from './doctor/machine.js';
import { diagnoseTemporal, diagnoseTensorflow } from './doctor/servers.js';
import { diagnoseCompiler, diagnoseDependencies, diagnoseNode, diagnosePython } from './doctor/software.js';

/** What one look at this machine found. */
export interface Diagnosis {
  name: string;
  /** A problem stops Prunefront; a warning makes it slower or a later step fail. */
  state: 'ok' | 'warning' | 'problem';
  found: string;
  /** What to do about it; always there unless ok. */
  remedy?: string;
}

export interface DiagnoseOptions {
  /** The folder of the artifact store, where one is in use. */
  store?: string;
}

/** Looks at everything that Prunefront needs, changing nothing. */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis[]> {
  return Promise.all([
    diagnoseNode(),
    diagnoseDependencies(),
    diagnoseTensorflow(),
    diagnoseDriver(),
    diagnoseTemporal(),
    ...(options.store === undefined ? [] : [diagnoseStore(options.store)]),
    diagnoseCompiler(),
    diagnosePython(),
    diagnoseMemory(),
    diagnoseDisk(),
  ]);
}
