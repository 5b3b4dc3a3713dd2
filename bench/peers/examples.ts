import type { Dataset } from '../../core/datasets/dataset.js';
import type { TensorData } from '../../core/store/safetensors.js';

/** Some examples of a data set as shared_inputs.py reads them: inputs as float32, bytes becoming 0 to 1, and labels. */
export function examples(data: Dataset, indices: Int32Array): { x: TensorData; y: TensorData } {
  const size = data.exampleShape.reduce((product, n) => product * n, 1);
  const x = new Float32Array(indices.length * size);
  const scale = data.x instanceof Uint8Array ? 1 / 255 : 1;
  indices.forEach((index, row) => {
    for (let i = 0; i < size; i++) x[row * size + i] = (data.x[index * size + i] ?? 0) * scale;
  });
  const labels = Int32Array.from(indices, (index) => data.labels[index] ?? 0);
  return {
    x: { dtype: 'float32', shape: [indices.length, ...data.exampleShape], data: x },
    y: { dtype: 'int32', shape: [indices.length], data: labels },
  };
}
