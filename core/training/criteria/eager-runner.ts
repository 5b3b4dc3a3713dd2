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
    return tf.tidy(() => {
      const { x, y } = gatherBatch(tf, this.data, indices);
      const saved = [...variables.values()].map((variable) => ({ variable, value: variable.clone() }));
      const outputs = run([x, y], tf.tensor1d([...seed], 'int32'));
      for (const { variable, value } of saved) variable.assign(value);
      return outputs.map((output) => Float32Array.from(output.dataSync()));
    });
  }

  dispose(): void {}
}
