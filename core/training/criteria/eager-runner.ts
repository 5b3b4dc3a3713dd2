import type { PreparedData } from '../../datasets/prepare.js';
import { gatherBatch } from '../../network/batches.js';
import type { Tf } from '../../network/tf.js';
import type { Measurement, MeasurementRunner } from './measurement.js';

/** Runs measurements operation by operation. */
export class EagerRunner implements MeasurementRunner {
  constructor(
    private readonly tf: Tf,
    private readonly data: PreparedData,
    readonly eagerBecause: string,
  ) {}

  prepare(): void {}

  call({ variables, run }: Measurement, indices: Int32Array, seed: Int32Array): Float32Array[] {
    const { tf } = this;
    const found: Float32Array[] = [];
    // Nothing is returned out of it: tidying would look for tensors in each entry of large arrays.
    tf.tidy(() => {
      const { x, y } = gatherBatch(tf, this.data, indices);
      const saved = [...variables.values()].map((variable) => ({ variable, value: variable.clone() }));
      const outputs = run([x, y], tf.tensor1d([...seed], 'int32'));
      for (const { variable, value } of saved) variable.assign(value);
      for (const output of outputs) found.push(new Float32Array(output.dataSync()));
    });
    return found;
  }

  dispose(): void {}
}
