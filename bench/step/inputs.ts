import { writeFileSync } from 'node:fs';
import { readMnist } from '../../core/datasets/mnist.js';
import { epochOrder } from '../../core/network/batches.js';
import { encodeSafetensors } from '../../core/store/safetensors.js';
import { examples } from '../peers/examples.js';

/** Writes the real images, in an order without pattern, to where the programs of all sides read them; returns how many there are. */
export async function writeInputs(file: string): Promise<number> {
  const data = await readMnist();
  const all = Int32Array.from({ length: data.labels.length }, (_, i) => i);
  const { x, y } = examples(data, epochOrder(all, 1, 0));
  const tensors = new Map([
    ['x', x],
    ['y', y],
  ]);
  writeFileSync(file, encodeSafetensors(tensors, {}));
  return all.length;
}
