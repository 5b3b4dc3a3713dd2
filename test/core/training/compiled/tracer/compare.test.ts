import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../../../core/training/compiled/tracer/compare.js';
import type { Recording } from '../../../../../core/training/compiled/tracer/recording.js';
import { type Event, recordings } from '../../../../support/recordings.js';

const recordingOf = (...events: Event[]): Recording => ({ events, wasReadBack: false });
const upload = (output: number, uniform = 1, shape: readonly number[] = [2]): Event => ({
  kind: 'upload',
  output,
  dtype: 1,
  shape,
  values: { uniform },
});
const operation = (name: string, inputs: readonly number[], outputs: readonly number[], value: unknown = 1): Event => ({
  kind: 'operation',
  name,
  attributes: [{ name: 'T', type: 1, value }],
  inputs,
  outputs,
});

/** The same recording with other handles. */
function renumbered({ events, wasReadBack }: Recording, by: number): Recording {
  return {
    wasReadBack,
    events: events.map((event) =>
      event.kind === 'upload'
        ? { ...event, output: event.output + by }
        : { ...event, inputs: event.inputs.map((id) => id + by), outputs: event.outputs.map((id) => id + by) },
    ),
  };
}

describe('the difference of two recordings', () => {
  it('given any recording and itself under other handles, then there is none', () => {
    fc.assert(
      fc.property(recordings(), fc.integer({ min: 0, max: 1000 }), ({ recording }, by) => {
        expect(differenceOf(recording, renumbered(recording, by))).toBeNull();
      }),
    );
  });

  it('given any recording and itself with one event changed, then there is one', () => {
    fc.assert(
      fc.property(recordings(), fc.nat(), ({ recording }, which) => {
        const at = which % recording.events.length;
        const events = recording.events.map((event, i) => {
          if (i !== at) return event;
          if (event.kind === 'upload') return { ...event, values: { uniform: -1 } };
          return { ...event, name: `${event.name}2` };
        });
        expect(differenceOf(recording, { ...recording, events })).not.toBeNull();
        expect(differenceOf(recording, { ...recording, events: events.slice(1) })).not.toBeNull();
      }),
    );
  });

  it.each([
    ['more operations', recordingOf(upload(1), upload(2)), 'two passes ran 1 and 2 operations'],
    ['another kind of event', recordingOf(operation('Add', [], [1])), 'two passes ran different operations'],
    [
      'a constant of another shape',
      recordingOf(upload(1, 1, [3])),
      'two passes uploaded constants of different shapes',
    ],
    [
      'another constant',
      recordingOf(upload(1, 2)),
      'two passes disagree on a constant of shape [2]: it was computed outside TensorFlow',
    ],
    [
      'a constant with many values in place of one with equal ones',
      recordingOf({ ...upload(1), values: { all: Float32Array.of(1, 2) } } as Event),
      'two passes disagree on a constant of shape [2]: it was computed outside TensorFlow',
    ],
  ])('given %s, then that is said', (_, other, message) => {
    expect(differenceOf(recordingOf(upload(1)), other)).toBe(message);
  });

  it('given another operation, attribute or input, then that is said', () => {
    const start = [upload(1), upload(2, 5)];
    const one = recordingOf(...start, operation('Add', [1, 2], [3]), operation('Neg', [3], [4]));
    const other = (...events: Event[]): string | null => differenceOf(one, recordingOf(...start, ...events));
    expect(other(operation('Sub', [1, 2], [3]), operation('Neg', [3], [4]))).toBe(
      'two passes ran Add and Sub at the same place',
    );
    expect(other(operation('Add', [1, 2], [3], 3), operation('Neg', [3], [4]))).toBe(
      'two passes ran Add with different attributes',
    );
    expect(other(operation('Add', [2, 1], [3]), operation('Neg', [3], [4]))).toBe(
      'two passes gave Add different inputs',
    );
    expect(other(operation('Add', [1, 2], [3]), operation('Neg', [2], [4]))).toBe(
      'two passes gave Neg different inputs',
    );
  });

  it('given operations with two outputs, then it matters which one goes on', () => {
    const passOf = (id: number): Recording => recordingOf(operation('Split', [], [1, 2]), operation('Neg', [id], [3]));
    expect(differenceOf(passOf(1), passOf(1))).toBeNull();
    expect(differenceOf(passOf(1), passOf(2))).toBe('two passes gave Neg different inputs');
  });

  it('given a zero and a negative zero, then they are different constants', () => {
    expect(differenceOf(recordingOf(upload(1, 0)), recordingOf(upload(1, -0)))).toContain('disagree on a constant');
  });
});
