import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Graph, Scope } from '../../../../../core/training/compiled/graph/graph.js';
import type { GraphNode, Ref } from '../../../../../core/training/compiled/graph/node.js';
import type { Recording } from '../../../../../core/training/compiled/tracer/recording.js';
import { addAsItIs, replay } from '../../../../../core/training/compiled/tracer/replay.js';
import { requireNative } from '../../../../support/layers-models.js';
import { type Event, recordings, type SomeRecording } from '../../../../support/recordings.js';

const { binding } = requireNative();

function replayed(
  recording: Recording,
  wanted: readonly number[],
  bound = new Map<number, Ref>(),
): { readonly nodes: readonly GraphNode[]; readonly refs: ReadonlyMap<number, Ref> } {
  const graph = new Graph();
  const outside = (id: number): Ref => {
    throw new Error(`${id} was there before`);
  };
  replay(new Scope(graph), binding, recording, bound, wanted, outside, addAsItIs);
  return { nodes: graph.nodes, refs: bound };
}

/** The value of a handle as a formula, once from the recording and once from the graph. */
function formulaOf({ recording }: SomeRecording, id: number): string {
  const event = recording.events.find((each) => (each.kind === 'upload' ? [each.output] : each.outputs).includes(id));
  if (event === undefined) return '?';
  if (event.kind === 'upload') return 'uniform' in event.values ? String(event.values.uniform) : '?';
  const inputs = event.inputs.map((input) => formulaOf({ recording, handles: [] }, input));
  return `${event.name}(${inputs.join()}):${event.outputs.indexOf(id)}`;
}

function formulaIn(nodes: readonly GraphNode[], ref: Ref): string {
  const [name = '', output = '0'] = ref.split(':');
  const node = nodes.find((each) => each.name === name);
  const { value } = node?.attributes ?? {};
  if (value !== undefined && 'tensor' in value)
    return 'uniform' in value.tensor.values ? String(value.tensor.values.uniform) : '?';
  return `${node?.op}(${(node?.inputs ?? []).map((input) => formulaIn(nodes, input)).join()}):${output}`;
}

/** Small enough for formulas, which repeat what is used twice. */
const small = recordings().filter(({ recording }) => recording.events.length <= 12);

describe('a replayed recording', () => {
  it('given any recording and any wanted handles, then the graph computes what the recording did', () => {
    fc.assert(
      fc.property(small, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (own, picks) => {
        const wanted = picks.map((n) => own.handles[n % own.handles.length] as number);
        const { nodes, refs } = replayed(own.recording, wanted);
        for (const id of wanted) expect(formulaIn(nodes, refs.get(id) ?? '')).toBe(formulaOf(own, id));
      }),
    );
  });

  it('given any recording, then no node is there that nothing wanted needs, and each comes after those it needs', () => {
    fc.assert(
      fc.property(recordings(), fc.nat(), (own, pick) => {
        const wanted = own.handles[pick % own.handles.length] as number;
        const { nodes, refs } = replayed(own.recording, [wanted]);
        const last = (refs.get(wanted) ?? '').replace(/:\d$/, '');
        const used = new Set(nodes.flatMap(({ inputs }) => inputs.map((ref) => ref.replace(/:\d$/, ''))));
        expect(nodes.map(({ name }) => name).filter((name) => name !== last && !used.has(name))).toEqual([]);
        nodes.forEach(({ inputs }, i) => {
          const before = nodes.slice(0, i).map(({ name }) => name);
          for (const ref of inputs) expect(before).toContain(ref.replace(/:\d$/, ''));
        });
      }),
    );
  });

  it('given a handle that stands for an input, then what made it is left out', () => {
    const events: Event[] = [
      { kind: 'upload', output: 1, dtype: 1, shape: [100], values: { uniform: 1 } },
      { kind: 'operation', name: 'Neg', attributes: [], inputs: [1], outputs: [2] },
      { kind: 'operation', name: 'Neg', attributes: [], inputs: [2], outputs: [3] },
    ];
    const { nodes } = replayed({ events, wasReadBack: false }, [3], new Map([[2, 'input']]));
    expect(nodes.map(({ op, inputs }) => [op, ...inputs])).toEqual([['Neg', 'input']]);
  });

  it('given a tensor that was there before, then it is asked for once', () => {
    const asked: number[] = [];
    const events: Event[] = [
      { kind: 'operation', name: 'Add', attributes: [], inputs: [7, 7], outputs: [8] },
      { kind: 'operation', name: 'Mul', attributes: [], inputs: [7, 8], outputs: [9] },
    ];
    const outside = (id: number): Ref => {
      asked.push(id);
      return 'weight';
    };
    const graph = new Graph();
    replay(new Scope(graph), binding, { events, wasReadBack: false }, new Map(), [9, 7], outside, addAsItIs);
    expect(asked).toEqual([7]);
    expect(graph.nodes.map(({ inputs }) => inputs)).toEqual([
      ['weight', 'weight'],
      ['weight', 'Add_0'],
    ]);
  });

  it('given a division by a constant, then the constant is hidden from the optimizer; given one of a constant, it is not', () => {
    const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: 1 }];
    const events: Event[] = [
      { kind: 'upload', output: 1, dtype: 1, shape: [], values: { uniform: 255 } },
      { kind: 'operation', name: 'RealDiv', attributes, inputs: [0, 1], outputs: [2] },
      { kind: 'operation', name: 'RealDiv', attributes, inputs: [1, 0], outputs: [3] },
    ];
    const { nodes } = replayed({ events, wasReadBack: false }, [2, 3], new Map([[0, 'x']]));
    expect(nodes.map(({ op, inputs }) => [op, ...inputs])).toEqual([
      ['Const'],
      ['PlaceholderWithDefault', 'Const_0'],
      ['RealDiv', 'x', 'PlaceholderWithDefault_1'],
      ['RealDiv', 'Const_0', 'x'],
    ]);
  });

  it('given a division by what is computed from constants, then that is hidden, too; given one by anything else, it is not', () => {
    const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: 1 }];
    const events: Event[] = [
      { kind: 'upload', output: 1, dtype: 1, shape: [], values: { uniform: 255 } },
      { kind: 'operation', name: 'Cast', attributes, inputs: [1], outputs: [2] },
      { kind: 'operation', name: 'Mul', attributes, inputs: [0, 1], outputs: [3] },
      { kind: 'operation', name: 'RealDiv', attributes, inputs: [0, 2], outputs: [4] },
      { kind: 'operation', name: 'RealDiv', attributes, inputs: [0, 3], outputs: [5] },
    ];
    const { nodes } = replayed({ events, wasReadBack: false }, [4, 5], new Map([[0, 'x']]));
    expect(nodes.filter(({ op }) => op === 'RealDiv').map(({ inputs }) => inputs)).toEqual([
      ['x', expect.stringContaining('PlaceholderWithDefault')],
      ['x', expect.stringContaining('Mul')],
    ]);
  });

  it('given a type or an attribute that a graph is not written for, then it runs eagerly, and that is the reason', () => {
    const upload: Event = { kind: 'upload', output: 1, dtype: 7, shape: [], values: { uniform: 1 } };
    expect(() => replayed({ events: [upload], wasReadBack: false }, [1])).toThrow("a constant has TensorFlow's type 7");
    const odd = [{ name: 'f', type: 99, value: 1 }];
    const events: Event[] = [{ kind: 'operation', name: 'Neg', attributes: odd, inputs: [], outputs: [1] }];
    expect(() => replayed({ events, wasReadBack: false }, [1])).toThrow(
      'the attribute f is of a kind that is not known',
    );
  });
});
