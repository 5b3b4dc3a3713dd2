import type { NativeAttribute } from '../../../network/native/backend.js';
import type { ConstantValues } from '../graph/node.js';

/** An operation that TensorFlow ran. */
export interface RecordedOperation {
  readonly kind: 'operation';
  readonly name: string;
  readonly attributes: readonly NativeAttribute[];
  /** Handles of its inputs and outputs. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Values that JavaScript handed to TensorFlow. */
export interface RecordedUpload {
  readonly kind: 'upload';
  readonly output: number;
  /** TensorFlow's type. */
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly values: ConstantValues;
}

/** All that a function did in TensorFlow, in its order. */
export interface Recording {
  readonly events: readonly (RecordedOperation | RecordedUpload)[];
  /** Whether JavaScript read a result: what it did with it is not in the recording. */
  readonly wasReadBack: boolean;
}
