import type { Diagnosis } from './doctor/diagnosis.js';
import { diagnoseDisk, diagnoseDriver, diagnoseMemory, diagnoseStore } from './doctor/machine.js';
import { diagnoseTemporal, diagnoseTensorflow } from './doctor/servers.js';
import { diagnoseCompiler, diagnoseDependencies, diagnoseNode, diagnosePython } from './doctor/software.js';

export type { Diagnosis };

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
