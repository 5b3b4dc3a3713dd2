import { PrunefrontError } from '../errors.js';
import { sizeOf } from '../models/named-tensor.js';
import { textIfAny, textOf } from '../registry/index.js';
import type { TaskName } from '../sweep/task.js';
import { checkDataset, countClasses, type Dataset, unlabelled } from './dataset.js';
import { readDataFile } from './read-data-file.js';
import type { Reader } from './reader.js';

/** IDX files. */
export const IDX: Reader = {
  name: 'idx',
  summary: "IDX files, MNIST's own format, plain or gzip.",
  source: 'LeCun et al. 1998',
  settings: {
    images: { kind: 'file', description: 'The images.' },
    labels: { kind: 'file', description: 'The labels.', optional: true },
  },
  read: (settings, task) =>
    readIdx({ images: textOf(settings, 'images'), labels: textIfAny(settings, 'labels') }, task),
};

/**
 * Images and labels in the IDX format of MNIST (unsigned bytes), plain or gzip. Images of rank 3 get a channel axis. The labels of a
 * regression are its targets; without labels there are none.
 */
export async function readIdx(
  { images, labels }: { readonly images: string; readonly labels: string | undefined },
  task: TaskName = 'classification',
): Promise<Dataset> {
  const x = parseIdx(await readDataFile(images), images);
  const exampleShape = x.shape.length === 3 ? [...x.shape.slice(1), 1] : x.shape.slice(1);
  if (labels === undefined || task === 'reconstruction')
    return checkDataset({ x: x.data, exampleShape, ...unlabelled(x.shape[0] ?? 0) }, images);
  const y = parseIdx(await readDataFile(labels), labels);
  if (y.shape.length !== 1) throw formatError(labels, `labels of rank ${y.shape.length}`, 'rank 1');
  if (x.shape[0] !== y.shape[0]) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'Images and labels differ in number', {
      place: images,
      found: `${x.shape[0]} images, ${y.shape[0]} labels`,
      allowed: 'one label for each image',
    });
  }
  const known =
    task === 'regression'
      ? { ...unlabelled(y.data.length), targets: { values: Float32Array.from(y.data), shape: [1] } }
      : { labels: Int32Array.from(y.data), classes: countClasses(y.data, labels) };
  return checkDataset({ x: x.data, exampleShape, ...known }, images);
}

const UNSIGNED_BYTE = 0x08;

function parseIdx(bytes: Buffer, place: string): { readonly shape: number[]; readonly data: Uint8Array } {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0)
    throw formatError(place, `a file that starts with ${bytes.subarray(0, 4).toString('hex')}`, 'an IDX file');
  if (bytes[2] !== UNSIGNED_BYTE)
    throw formatError(place, `elements of type 0x${bytes[2]?.toString(16)}`, 'unsigned bytes (0x8)');
  const rank = bytes[3] ?? 0;
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw formatError(place, `${bytes.length} bytes`, `a header of ${start} bytes`);
  const shape = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const size = sizeOf(shape);
  if (bytes.length !== start + size)
    throw formatError(
      place,
      `${bytes.length} bytes`,
      `${start + size} bytes for the shape [${shape.join(', ')}] in its header`,
    );
  return { shape, data: bytes.subarray(start) };
}

function formatError(place: string, found: string, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'The IDX file is truncated or of another kind', {
    place,
    found,
    allowed,
  });
}
