import fc from 'fast-check';
import type { Recording } from '../../core/training/compiled/tracer/recording.js';

export type Event = Recording['events'][number];

/** A recording with handles from which to want some. */
export interface SomeRecording {
  readonly recording: Recording;
  /** Handles of all that its events put out. */
  readonly handles: readonly number[];
}

/** Any recording of uploads and of operations with up to three inputs that ran before, and up to two outputs. */
export function recordings(): fc.Arbitrary<SomeRecording> {
  const drawn = fc.record({
    isUpload: fc.boolean(),
    op: fc.constantFrom('Add', 'Mul', 'Neg', 'Split'),
    inputs: fc.array(fc.nat(), { maxLength: 3 }),
    outputs: fc.integer({ min: 1, max: 2 }),
    value: fc.integer({ min: 0, max: 9 }),
  });
  return fc.array(drawn, { minLength: 1, maxLength: 25 }).map((list) => {
    const handles: number[] = [];
    const events = list.map(({ isUpload, op, inputs, outputs, value }, i): Event => {
      const before = [...handles];
      const own = Array.from({ length: isUpload ? 1 : outputs }, (_, k) => 10 * i + k);
      handles.push(...own);
      if (isUpload || before.length === 0) {
        handles.splice(before.length, Number.POSITIVE_INFINITY, 10 * i);
        return { kind: 'upload', output: 10 * i, dtype: 1, shape: [2], values: { uniform: value } };
      }
      const from = inputs.map((n) => before[n % before.length] as number);
      return { kind: 'operation', name: op, attributes: [], inputs: from, outputs: own };
    });
    return { recording: { events, wasReadBack: false }, handles };
  });
}
