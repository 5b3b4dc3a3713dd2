import { access, constants, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type ErrorCode, PrunefrontError } from '../errors.js';
import { readModelFile } from '../models/model-file.js';
import { requireTaskOutput } from '../models/task-output.js';
import type { Topology } from '../models/topology.js';
import { zooModel } from '../models/zoo/index.js';
import { nearest } from '../nearest.js';
import type { SweepSpec } from '../sweep/spec.js';
import { dataFiles } from './named-files.js';
import { type Problem, problemAt } from './problems.js';
import type { SpecPath, YamlSource } from './yaml-source.js';

/** What is wrong with the files that a spec names, and its model where that can be read. */
export async function fileProblems(
  spec: SweepSpec,
  source: YamlSource,
): Promise<{ readonly problems: readonly Problem[]; readonly topology: Topology | null }> {
  const model = await checkModel(spec, source);
  const data = await Promise.all(
    dataFiles(spec).map(({ file, path }) => checkFile(file, path, 'PRUNEFRONT_DATA_NOT_FOUND', source)),
  );
  return { ...model, problems: [...model.problems, ...data.flat(), ...(await checkWatched(spec, source))] };
}

/** The watched folder may be empty, but it has to be there. */
async function checkWatched({ nightly }: SweepSpec, source: YamlSource): Promise<Problem[]> {
  if (nightly === undefined) return [];
  const { watch } = nightly;
  const [key, folder] = 'models' in watch ? ['models', watch.models] : ['data', watch.data];
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return [];
  const code = key === 'models' ? 'PRUNEFRONT_MODEL_NOT_FOUND' : 'PRUNEFRONT_DATA_NOT_FOUND';
  const facts = { found: folder, allowed: 'a folder; it may be empty' };
  return [problemAt(source, ['nightly', 'watch', key], code, 'The watched folder does not exist', facts)];
}

async function checkModel(
  { model, task }: SweepSpec,
  source: YamlSource,
): Promise<{ problems: Problem[]; topology: Topology | null }> {
  const path = ['model', 'zoo' in model ? 'zoo' : 'file'];
  const problems = 'zoo' in model ? [] : await checkFile(model.file, path, 'PRUNEFRONT_MODEL_NOT_FOUND', source);
  if (problems.length > 0) return { problems, topology: null };
  try {
    const topology = 'zoo' in model ? zooModel(model.zoo) : (await readModelFile(model.file)).topology;
    requireTaskOutput(topology, task);
    return { problems: [], topology };
  } catch (error) {
    if (!(error instanceof PrunefrontError)) throw error;
    // The place is where the spec names the file; which file it is says the rest.
    const { place, found, ...facts } = error.facts;
    const told = { ...facts, found: [place, found].filter((part) => part !== undefined).join(': ') };
    return { problems: [problemAt(source, path, error.code, error.message, told, { cause: error })], topology: null };
  }
}

async function checkFile(file: string, path: SpecPath, code: ErrorCode, source: YamlSource): Promise<Problem[]> {
  const reason = await unreadable(file);
  if (reason === null) return [];
  const kind = code === 'PRUNEFRONT_MODEL_NOT_FOUND' ? 'model' : 'data';
  const near = nearest(basename(file), await namesIn(dirname(file)));
  const facts = { found: `${file} (${reason})`, allowed: 'a file that can be read' };
  return [
    problemAt(source, path, code, `The ${kind} file cannot be read`, {
      ...facts,
      ...(near === null || near === basename(file) ? {} : { hint: `did you mean ${near}?` }),
    }),
  ];
}

async function unreadable(file: string): Promise<string | null> {
  try {
    await access(file, constants.R_OK);
    const found = await stat(file);
    if (found.isDirectory()) return 'is a folder';
    // A device or a pipe may never end; what the kernel makes up, such as the environment of a process, has no size.
    return found.isFile() && found.size > 0 ? null : 'is empty, or no file of a disk';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'does not exist' : (code ?? String(error));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
