import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { requireNative } from '../../../support/layers-models.js';

/** Enough that some lie where TensorFlow could use their memory as it is. */
const ARRAYS = 256;

describe("TensorFlow's binding", () => {
  it('given numbers to make tensors of, then it copies them, so that no thread of TensorFlow lets go of what JavaScript owns', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const { binding } = requireNative();
    const tensors: number[] = [];
    const arrays = Array.from({ length: ARRAYS }, () => {
      const values = new Float32Array(64).fill(1);
      tensors.push(binding.createTensor([64], binding.TF_FLOAT, values));
      return new WeakRef(values);
    });
    await nextTurn();
    collectGarbage();
    expect(arrays.filter((array) => array.deref() !== undefined)).toHaveLength(0);
    expect(tensors.map((id) => binding.tensorDataSync(id)[63])).toEqual(tensors.map(() => 1));
    for (const id of tensors) binding.deleteTensor(id);
  });
});
