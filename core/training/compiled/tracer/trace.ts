import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { NativeBackend, NativeValues } from '../../../network/native/backend.js';
import type { Tf } from '../../../network/tf.js';
import { EagerOnly } from '../eager-only.js';
import { record } from './record.js';
import type { Recording } from './recording.js';

/** A value that a function made: its handle in the recording, and what it was when it was recorded. */
export interface Traced {
  readonly id: number;
  readonly shape: readonly number[];
  readonly values: NativeValues;
}

/** A function of tensors as it ran once: what it did, on which handles, and what came of it. */
export interface Trace {
  readonly recording: Recording;
  /** Handles of the tensors that it was given, in the order of `inputs`. */
  readonly inputs: readonly number[];
  /** Handles that the variables had before. */
  readonly variables: ReadonlyMap<string, number>;
  readonly outputs: readonly Traced[];
  /** New values of the variables that it assigned to. */
  readonly changes: ReadonlyMap<string, Traced>;
}

/** What the outputs of a trace are, in their order. */
export function outputValues({ outputs }: Trace): NativeValues[] {
  return outputs.map(({ values }) => values);
}

/**
 * Runs a function eagerly and keeps what it did. The variables have their old values afterwards.
 * @param inputs - tensors that stand for inputs of the graph
 * @throws EagerOnly where it read results back into JavaScript
 */
export function trace(
  tf: Tf,
  backend: NativeBackend,
  variables: ReadonlyMap<string, Variable>,
  inputs: readonly Tensor[],
  act: () => readonly Tensor[],
): Trace {
  const handleOf = (tensor: Tensor): number => backend.getInputTensorIds([tensor])[0] as number;
  const before = new Map([...variables].map(([name, variable]) => [name, handleOf(variable)]));
  const inputHandles = inputs.map(handleOf);
  const saved = [...variables.values()].map((variable) => ({ variable, value: variable.clone() }));
  const traced = (tensor: Tensor): Traced => ({
    id: handleOf(tensor),
    shape: tensor.shape,
    values: tensor.dataSync() as NativeValues,
  });
  // A scope, not `tidy`: what is returned are numbers.
  tf.engine().startScope('trace');
  try {
    const { result, recording } = record(backend, () => {
      const tensors = act();
      // Values that are still in JavaScript are uploaded here, where it is seen.
      tensors.forEach(handleOf);
      for (const variable of variables.values()) handleOf(variable);
      return tensors;
    });
    if (recording.wasReadBack) throw new EagerOnly('a result is read back in the middle of the step');
    const changed = [...variables].filter(([name, variable]) => before.get(name) !== handleOf(variable));
    return {
      recording,
      inputs: inputHandles,
      variables: before,
      outputs: result.map(traced),
      changes: new Map(changed.map(([name, variable]) => [name, traced(variable)])),
    };
  } finally {
    tf.engine().endScope();
    for (const { variable, value } of saved) {
      variable.assign(value);
      value.dispose();
    }
  }
}
