import { describe, expect, it } from 'vitest';
import { controlOf, Graph, Scope } from '../../../../../core/training/compiled/graph/graph.js';
import { addLoop } from '../../../../../core/training/compiled/graph/loop.js';
import { DataType } from '../../../../../core/training/compiled/graph/node.js';
import { addVariable, feedNode, getNode, setNode } from '../../../../../core/training/compiled/graph/variables.js';
import { GraphSession, type HostTensor } from '../../../../../core/training/compiled/runner/session.js';
import { requireNative } from '../../../../support/layers-models.js';

describe('a graph', () => {
  it('given two nodes of one name, then the second is refused', () => {
    const graph = new Graph();
    graph.add('NoOp', [], {}, { name: 'one' });
    expect(() => graph.add('NoOp', [], {}, { name: 'one' })).toThrow('two nodes are called one');
  });

  it('given nodes to wait for, then each is one control input after the data', () => {
    const graph = new Graph();
    const [a, b] = [graph.add('A', []), graph.add('B', [])];
    graph.add('C', [a], {}, { name: 'c', after: [b, `${b}:1`, controlOf(b)] });
    expect(graph.nodes.at(-1)?.inputs).toEqual([a, `^${b}`]);
  });

  it('given equal small constants, then they are one node; big ones, other types and other shapes are not', () => {
    const scope = new Scope(new Graph());
    const values = { all: Float32Array.of(1, 2) };
    expect(scope.constant('float32', [2], { all: Float32Array.of(1, 2) })).toBe(scope.constant('float32', [2], values));
    expect(scope.scalar(1)).toBe(scope.scalar(1));
    expect(new Set([scope.scalar(1), scope.index(1), scope.constant('float32', [1], { uniform: 1 })]).size).toBe(3);
    const big = { all: new Float32Array(1000).map((_, i) => i) };
    expect(scope.constant('float32', [1000], big)).not.toBe(scope.constant('float32', [1000], big));
    expect(scope.isConstant(scope.scalar(1))).toBe(true);
    expect(scope.isConstant(scope.hidden(scope.scalar(1)))).toBe(false);
    expect(scope.hidden(scope.scalar(1))).toBe(scope.hidden(scope.scalar(1)));
  });
});

describe('a loop', () => {
  /** sum ← 2 · sum + i + fed: order and number of passes show in it. */
  function loopGraph(): Graph {
    const graph = new Graph();
    const top = new Scope(graph);
    const sum = addVariable(graph, 'sum', 'float32', []);
    const placeholder = (name: string, dtype: number): string =>
      graph.add('Placeholder', [], { dtype: { type: dtype }, shape: { shape: [] } }, { name });
    const [count, fed] = [placeholder('count', DataType.int32), placeholder('fed', DataType.float32)];
    const done = addLoop(top, 'loop', count, (scope, i) => {
      const cast = { SrcT: { type: DataType.int32 }, DstT: { type: DataType.float32 }, Truncate: { bool: false } };
      const twice = scope.math('Mul', scope.read(sum), scope.scalar(2));
      const added = scope.math('AddV2', scope.add('Cast', [i], cast), scope.capture(fed, 'float32'));
      return [scope.assign(sum, scope.math('AddV2', twice, added))];
    });
    graph.add('Identity', [top.read(sum, [done])], { T: { type: DataType.float32 } }, { name: 'result' });
    return graph;
  }

  it.each([0, 1, 2, 7])('given %d as its count, then the body runs so often, one pass after the other', (count) => {
    const session = GraphSession.load(requireNative(), loopGraph().nodes);
    const scalar = (value: number): HostTensor => ({ dtype: 'float32', shape: [], values: Float32Array.of(value) });
    let expected = 1;
    for (let i = 0; i < count; i++) expected = 2 * expected + i + 0.5;
    // Twice: a loop that ran leaves nothing behind.
    for (let again = 0; again < 2; again++) {
      session.run(new Map([[feedNode('sum'), scalar(1)]]), [setNode('sum')]);
      const feeds = new Map<string, HostTensor>([
        ['count', { dtype: 'int32', shape: [], values: Int32Array.of(count) }],
        ['fed', scalar(0.5)],
      ]);
      expect(session.run(feeds, ['result'])).toEqual([Float32Array.of(expected)]);
      expect(session.run(new Map(), [getNode('sum')])).toEqual([Float32Array.of(expected)]);
    }
    session.dispose();
  });
});
