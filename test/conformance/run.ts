import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ADAPTERS, NOT_YET } from './adapters.js';
import { largestDifference } from './compare.js';

/** The content of a vector file. */
interface Vectors {
  readonly function: string;
  readonly tolerance: number;
  readonly cases: readonly { readonly input: unknown; readonly expected: unknown }[];
}

/** What became of the files: cases passed and failed, and files that could not be run at all. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly refused: number;
}

/** Runs every case of the files and of the folders' files, printing what fails. */
export async function runConformance(paths: readonly string[], print: (line: string) => void): Promise<Outcome> {
  let [passed, failed, refused] = [0, 0, 0];
  const notYet: string[] = [];
  const files = paths.flatMap((path) => {
    const found = vectorFiles(path);
    if (found.length > 0) return found;
    print(`${path}: no vector file there`);
    refused += 1;
    return [];
  });
  for (const file of files) {
    const vectors = readVectors(file);
    if (vectors === null) {
      print(`${file}: not a vector file`);
      refused += 1;
      continue;
    }
    const adapter = Object.hasOwn(ADAPTERS, vectors.function) ? ADAPTERS[vectors.function] : undefined;
    if (adapter === undefined) {
      if (NOT_YET.includes(vectors.function)) notYet.push(vectors.function);
      else {
        print(`${basename(file)}: unknown function ${vectors.function}`);
        refused += 1;
      }
      continue;
    }
    const before = failed;
    for (const [index, { input, expected }] of vectors.cases.entries()) {
      const problem = await problemOf(adapter as (input: unknown) => unknown, input, expected, vectors.tolerance);
      if (problem === null) passed += 1;
      else {
        failed += 1;
        print(`FAILED ${vectors.function} case ${index}: ${problem}`);
      }
    }
    const count = vectors.cases.length;
    print(`${vectors.function}: ${count - (failed - before)} of ${count} passed`);
  }
  for (const name of new Set(notYet)) print(`${name}: not yet there`);
  return { passed, failed, refused };
}

async function problemOf(
  adapter: (input: unknown) => unknown,
  input: unknown,
  expected: unknown,
  tolerance: number,
): Promise<string | null> {
  try {
    const difference = largestDifference(expected, await adapter(input));
    if (difference <= tolerance) return null;
    return `largest difference ${difference}, tolerance ${tolerance}`;
  } catch (error) {
    return `largest difference Infinity: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function vectorFiles(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(path, name));
}

function readVectors(file: string): Vectors | null {
  try {
    const json = JSON.parse(readFileSync(file, 'utf8')) as Partial<Vectors> | null;
    if (typeof json?.function !== 'string' || !Array.isArray(json.cases)) return null;
    return { function: json.function, tolerance: json.tolerance ?? 0, cases: json.cases };
  } catch {
    return null;
  }
}
