import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { sourceFiles, withFiles } from '../datasets/source-files.js';
import { PrunefrontError } from '../errors.js';
import { readModelFile, weightFiles } from '../models/model-file.js';
import type { DatasetSource } from '../sweep/spec.js';
import { type Dated, newestFirst } from './newest.js';

const MODEL_FILE = 'model.json';

/**
 * The newest model of a folder: a `model.json` of the folder itself or of a folder in it. One whose weights are not whole, or that changed
 * while it was read, is still being written and not taken.
 * @returns absolute path of the model.json
 * @throws PrunefrontError `PRUNEFRONT_NIGHT_WITHOUT_INPUT`
 */
export async function newestModel(folder: string): Promise<string> {
  const entries = await namesIn(folder);
  const paths = [MODEL_FILE, ...entries.map((entry) => join(entry, MODEL_FILE))].map((path) => join(folder, path));
  const dated = await Promise.all(paths.map(datedModel));
  let unfinished: string | null = null;
  for (const { path, modifiedMs } of newestFirst(dated.filter((each) => each !== null))) {
    if (await isWholeModel(path, modifiedMs)) return path;
    unfinished ??= path;
  }
  throw nothingFound(folder, 'model', unfinished, 'model.json with its weights, in it or in a folder of it');
}

/**
 * The dataset of a spec with the newest data of a folder in place of its files: a file of the same ending; where its reader takes several
 * files, a folder with files of the same names.
 * @returns the dataset and the absolute path of what was found
 * @throws PrunefrontError `PRUNEFRONT_NIGHT_WITHOUT_INPUT`
 */
export async function newestData(
  folder: string,
  dataset: DatasetSource,
): Promise<{ readonly dataset: DatasetSource; readonly newest: string }> {
  const files = sourceFiles(dataset);
  const names = Object.keys(files);
  const [only] = names;
  if (only === undefined) throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'The data has no files', { place: folder });
  if (names.length === 1 && !('idx' in dataset || 'npy' in dataset)) {
    const newest = await newestFile(folder, files[only] ?? '');
    return { dataset: withFiles(dataset, () => newest), newest };
  }
  const newest = await newestFolder(folder, Object.values(files));
  return { dataset: withFiles(dataset, (file) => join(newest, basename(file))), newest };
}

async function newestFile(folder: string, like: string): Promise<string> {
  const ending = extname(like);
  const paths = (await namesIn(folder)).filter((name) => extname(name) === ending).map((name) => join(folder, name));
  const dated = await Promise.all(paths.map((path) => datedFiles(path, [path])));
  const [newest] = newestFirst(dated.filter((each) => each !== null));
  if (newest !== undefined) return newest.path;
  throw nothingFound(folder, 'data', null, `a file that ends in ${ending}`);
}

async function newestFolder(folder: string, like: readonly string[]): Promise<string> {
  const names = like.map((path) => basename(path));
  const folders = (await namesIn(folder)).map((name) => join(folder, name));
  const dated = await Promise.all(
    folders.map((path) =>
      datedFiles(
        path,
        names.map((name) => join(path, name)),
      ),
    ),
  );
  const [newest] = newestFirst(dated.filter((each) => each !== null));
  if (newest !== undefined) return newest.path;
  throw nothingFound(folder, 'data', null, `a folder that holds ${names.join(' and ')}`);
}

async function datedModel(path: string): Promise<Dated | null> {
  // Without a list of its weights it is as new as itself, and found not to be whole.
  const weights = await weightFiles(path).catch(() => []);
  return (await datedFiles(path, [path, ...weights])) ?? datedFiles(path, [path]);
}

/** As new as the newest of its files; null where one of them is missing. */
async function datedFiles(path: string, files: readonly string[]): Promise<Dated | null> {
  try {
    const stats = await Promise.all(files.map((file) => stat(file)));
    if (!stats.every((found) => found.isFile())) return null;
    return { path, modifiedMs: Math.max(...stats.map(({ mtimeMs }) => mtimeMs)) };
  } catch {
    return null;
  }
}

async function isWholeModel(path: string, modifiedMs: number): Promise<boolean> {
  try {
    await readModelFile(path);
    return (await datedModel(path))?.modifiedMs === modifiedMs;
  } catch (error) {
    if (error instanceof PrunefrontError) return false;
    throw error;
  }
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function nothingFound(folder: string, kind: string, unfinished: string | null, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_NIGHT_WITHOUT_INPUT', `The watched folder holds no whole ${kind}`, {
    place: folder,
    allowed,
    ...(unfinished === null ? {} : { found: `${unfinished}, which is not whole` }),
  });
}
