import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NativeBackend, NativeBinding, NativeValues } from '../../../network/native/backend.js';
import { EagerOnly } from '../eager-only.js';
import { encodeSavedModel, SAVED_MODEL_TAG } from '../encoder/saved-model.js';
import { DataType, type GraphNode, type ValueType } from '../graph/node.js';

/** A tensor as plain data. */
export interface HostTensor {
  readonly dtype: ValueType;
  readonly shape: readonly number[];
  readonly values: NativeValues;
}

/** A graph loaded into TensorFlow, with the variables in it. Dispose it: TensorFlow's memory is not JavaScript's. */
export class GraphSession {
  private constructor(
    private readonly binding: NativeBinding,
    private readonly id: number,
  ) {}

  /**
   * Loads a graph, by way of a file in the temporary folder that is gone afterwards.
   * @throws EagerOnly where TensorFlow refuses it
   */
  static load({ binding }: NativeBackend, nodes: readonly GraphNode[]): GraphSession {
    const folder = mkdtempSync(join(tmpdir(), 'prunefront-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes, binding.TF_Version));
      return new GraphSession(binding, binding.loadSavedModel(folder, SAVED_MODEL_TAG));
    } catch (error) {
      throw new EagerOnly(`TensorFlow refuses the graph: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Runs what the fetched nodes need, on what is fed by node name, and returns their values in their order. */
  run(feeds: ReadonlyMap<string, HostTensor>, fetches: readonly string[]): NativeValues[] {
    const inputs: number[] = [];
    try {
      for (const { shape, dtype, values } of feeds.values())
        inputs.push(this.binding.createTensor(shape, DataType[dtype], values));
      const outputs = this.binding.runSavedModel(this.id, inputs, [...feeds.keys()].join(','), fetches.join(','));
      return outputs.map(({ id }) => {
        const values = this.binding.tensorDataSync(id);
        this.binding.deleteTensor(id);
        return values;
      });
    } finally {
      for (const id of inputs) this.binding.deleteTensor(id);
    }
  }

  /** Frees the graph and its variables. */
  dispose(): void {
    this.binding.deleteSavedModel(this.id);
  }
}
