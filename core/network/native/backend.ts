import type { DataType, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';

/** Values that the binding takes and gives for a tensor. */
export type NativeValues = Float32Array | Int32Array | Uint8Array;

/** An attribute of an operation, as the kernels of tfjs-node write it. */
export interface NativeAttribute {
  readonly name: string;
  /** One of the binding's `TF_ATTR_*`. */
  readonly type: number;
  readonly value: unknown;
}

/** A tensor in the binding: its handle, shape, and type as TensorFlow's enum. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** What of tfjs-node's native addon is used here. */
export interface NativeBinding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_Version: string;
  createTensor(shape: readonly number[], dtype: number, values: NativeValues): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): NativeValues;
  executeOp(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): NativeTensor[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): NativeTensor[];
}

/** The tfjs backend that runs TensorFlow's own kernels. */
export interface NativeBackend {
  /** The native addon; the tracer puts a recording one in its place. */
  binding: NativeBinding;
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(op: string, attributes: readonly NativeAttribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
  /** Handles of tensors; uploads those whose values are still in JavaScript. */
  getInputTensorIds(tensors: readonly Tensor[]): number[];
}

/** The native backend, or null where tfjs computes with another one. */
export function nativeBackend(tf: Tf): NativeBackend | null {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeBackend) : null;
}

/** Attributes of an operation in the binding's form. */
export class Attributes {
  constructor(private readonly binding: NativeBinding) {}

  type(name: string, dtype: DataType | 'uint8'): NativeAttribute {
    const { TF_FLOAT, TF_INT32, TF_BOOL, TF_UINT8, TF_ATTR_TYPE } = this.binding;
    const types: Partial<Record<string, number>> = {
      float32: TF_FLOAT,
      int32: TF_INT32,
      bool: TF_BOOL,
      uint8: TF_UINT8,
    };
    return { name, type: TF_ATTR_TYPE, value: types[dtype] };
  }

  integer(name: string, value: number | readonly number[]): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_INT, value };
  }

  float(name: string, value: number): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_FLOAT, value };
  }

  boolean(name: string, value: boolean): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_BOOL, value };
  }

  text(name: string, value: string): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_STRING, value };
  }
}
