import { unzipSync } from 'fflate';
import { PrunefrontError } from '../errors.js';
import { sizeOf } from '../models/named-tensor.js';
import { nearest } from '../nearest.js';
import { textIfAny, textOf } from '../registry/index.js';
import type { TaskName } from '../sweep/task.js';
import { checkDataset, countClasses, type Dataset, unlabelled } from './dataset.js';
import { readDataFile } from './read-data-file.js';
import type { Reader } from './reader.js';

/** Arrays of NumPy, a file each. */
export const NPY: Reader = {
  name: 'npy',
  summary: 'Two NumPy arrays.',
  source: 'NumPy Enhancement Proposal 1',
  settings: {
    x: { kind: 'file', description: 'The examples.' },
    y: { kind: 'file', description: 'The labels or targets.', optional: true },
  },
  read: (settings, task) => readNpy({ x: textOf(settings, 'x'), y: textIfAny(settings, 'y') }, task),
};

/** Arrays of NumPy in an archive. */
export const NPZ: Reader = {
  name: 'npz',
  summary: 'One NumPy archive.',
  source: 'NumPy Enhancement Proposal 1',
  settings: {
    file: { kind: 'file', description: 'The NPZ file.' },
    x: { kind: 'text', description: 'Name of the array of examples.' },
    y: { kind: 'text', description: 'Name of the array of labels or targets.', optional: true },
  },
  read: (settings, task) => {
    const [file, x] = ['file', 'x'].map((name) => textOf(settings, name)) as [string, string];
    return readNpz({ file, x, y: textIfAny(settings, 'y') }, task);
  },
};

/** Examples in one NumPy array, and their labels or targets in another one, which a reconstruction has no use for. */
export async function readNpy(
  { x, y }: { readonly x: string; readonly y: string | undefined },
  task: TaskName = 'classification',
): Promise<Dataset> {
  const read = async (file: string): Promise<NamedArray> => ({
    ...parseNpy(await readDataFile(file), file),
    place: file,
  });
  return fromArrays(await read(x), y === undefined || task === 'reconstruction' ? null : await read(y), task);
}

/** The same as arrays of an NPZ archive. */
export async function readNpz(
  { file, x, y }: { readonly file: string; readonly x: string; readonly y: string | undefined },
  task: TaskName = 'classification',
): Promise<Dataset> {
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(await readDataFile(file));
  } catch (error) {
    if (error instanceof PrunefrontError) throw error;
    throw formatError(file, String(error), 'a whole NPZ archive');
  }
  const array = (setting: 'x' | 'y', name: string): NamedArray => {
    const bytes = entries[`${name}.npy`];
    const place = `${file}, array ${name}`;
    if (bytes !== undefined)
      return { ...parseNpy(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), place), place };
    const names = Object.keys(entries).map((entry) => entry.replace(/\.npy$/, ''));
    const near = nearest(name, names);
    throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', `The archive ${file} has no array ${name}`, {
      place: `dataset.npz.${setting}`,
      found: name,
      allowed: names.join(', '),
      ...(near === null ? {} : { hint: `did you mean ${near}?` }),
    });
  };
  return fromArrays(array('x', x), y === undefined || task === 'reconstruction' ? null : array('y', y), task);
}

interface NpyArray {
  readonly shape: number[];
  readonly data: Uint8Array | Float32Array | Float64Array;
}

/** An array and what errors call it. */
type NamedArray = NpyArray & { readonly place: string };

/** Readers of one element, by NumPy's type string; little-endian. */
const TYPES: Readonly<Record<string, { readonly bytes: number; read(buffer: Buffer, offset: number): number }>> = {
  '<f4': { bytes: 4, read: (buffer, offset) => buffer.readFloatLE(offset) },
  '<f8': { bytes: 8, read: (buffer, offset) => buffer.readDoubleLE(offset) },
  '|u1': { bytes: 1, read: (buffer, offset) => buffer.readUInt8(offset) },
  '|i1': { bytes: 1, read: (buffer, offset) => buffer.readInt8(offset) },
  '<i2': { bytes: 2, read: (buffer, offset) => buffer.readInt16LE(offset) },
  '<u2': { bytes: 2, read: (buffer, offset) => buffer.readUInt16LE(offset) },
  '<i4': { bytes: 4, read: (buffer, offset) => buffer.readInt32LE(offset) },
  '<u4': { bytes: 4, read: (buffer, offset) => buffer.readUInt32LE(offset) },
  '<i8': { bytes: 8, read: (buffer, offset) => Number(buffer.readBigInt64LE(offset)) },
  '<u8': { bytes: 8, read: (buffer, offset) => Number(buffer.readBigUInt64LE(offset)) },
};

/** Parses an NPY file, versions 1 to 3 (NumPy Enhancement Proposal 1). */
function parseNpy(bytes: Buffer, place: string): NpyArray {
  if (bytes.length < 10 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw formatError(place, 'another kind of file', 'an NPY array');
  const wide = (bytes[6] ?? 1) >= 2;
  const headerLength = wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const start = (wide ? 12 : 10) + headerLength;
  const header = bytes.toString('latin1', wide ? 12 : 10, start);
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? '';
  const shapeText = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '';
  const shape = shapeText
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (/'fortran_order':\s*True/.test(header))
    throw formatError(place, 'an array in Fortran order', 'C order: save `np.ascontiguousarray(array)`');
  const reader = TYPES[type];
  if (reader === undefined) throw formatError(place, `elements of type ${type}`, Object.keys(TYPES).join(', '));
  const count = sizeOf(shape);
  if (bytes.length !== start + count * reader.bytes) {
    throw formatError(
      place,
      `${bytes.length} bytes`,
      `${start + count * reader.bytes} bytes for ${type} of shape (${shape.join(', ')})`,
    );
  }
  if (type === '|u1') return { shape, data: new Uint8Array(bytes.subarray(start)) };
  const data = type === '<f4' ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = reader.read(bytes, start + i * reader.bytes);
  return { shape, data };
}

function fromArrays(x: NamedArray, y: NamedArray | null, task: TaskName): Dataset {
  const examples = x.shape[0] ?? 0;
  const rest = x.shape.slice(1);
  // Images without a channel axis get one.
  const exampleShape = rest.length === 2 ? [...rest, 1] : rest;
  const values = x.data instanceof Uint8Array ? x.data : Float32Array.from(x.data);
  const known = y === null ? unlabelled(examples) : knownOf(y, examples, x.place, task);
  return checkDataset({ x: values, exampleShape, ...known }, x.place);
}

/** The labels of a classification, [n]; the targets of a regression, [n] or [n, outputs]. */
function knownOf(
  { shape, data, place }: NamedArray,
  examples: number,
  placeX: string,
  task: TaskName,
): Pick<Dataset, 'labels' | 'classes' | 'targets'> {
  const isRegression = task === 'regression';
  const count = isRegression ? (shape[0] ?? 0) : data.length;
  if (count !== examples) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'Examples and labels differ in number', {
      place: placeX,
      found: `${examples} examples, ${count} labels`,
      allowed: 'one label for each example',
    });
  }
  if (!isRegression) return { labels: Int32Array.from(data), classes: countClasses(data, place) };
  const own = shape.length < 2 ? [1] : shape.slice(1);
  if (own.length === 1) return { ...unlabelled(examples), targets: { values: Float32Array.from(data), shape: own } };
  throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'Targets are one number or a list of them for each example', {
    place,
    found: `targets of shape [${own.join(', ')}]`,
    allowed: 'an array of one or two axes',
  });
}

function formatError(place: string, found: string, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'The NumPy file is truncated or of another kind', {
    place,
    found,
    allowed,
  });
}
