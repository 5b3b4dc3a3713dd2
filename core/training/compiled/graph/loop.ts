import { controlOf, Scope } from './graph.js';
import { DataType, type Ref } from './node.js';

/**
 * Adds a loop that runs `body` for i = 0 … count − 1, one pass after the other: TensorFlow's control flow of version 1 (Enter, Merge,
 * Switch, NextIteration, Exit), which needs no function library.
 * @param count - int32 scalar at the top of the graph
 * @param body - adds one pass for the index i (int32 scalar); returns what has to be done before the next pass begins
 * @returns a node that runs once the last pass is done
 */
export function addLoop(top: Scope, frame: string, count: Ref, body: (scope: Scope, i: Ref) => readonly Ref[]): Ref {
  const { graph } = top;
  const int32 = { type: DataType.int32 };
  const enter = (ref: Ref, dtype: number, isConstant: boolean): Ref =>
    graph.add('Enter', [ref], {
      T: { type: dtype },
      frame_name: { text: frame },
      is_constant: { bool: isConstant },
      parallel_iterations: { int: 1 },
    });
  const nextName = `${frame}/next`;
  const merged = graph.add('Merge', [enter(top.index(0), DataType.int32, false), nextName], {
    T: int32,
    N: { int: 2 },
  });
  const more = graph.add('Less', [merged, enter(count, DataType.int32, true)], { T: int32 });
  const goesOn = graph.add('LoopCond', [more]);
  const switched = graph.add('Switch', [merged, goesOn], { T: int32 });
  const i = graph.add('Identity', [`${switched}:1`], { T: int32 });
  const captured = new Map<Ref, Ref>();
  const scope = new Scope(graph, i, (outer, dtype) => {
    const known = captured.get(outer) ?? enter(outer, dtype, true);
    captured.set(outer, known);
    return known;
  });
  const done = body(scope, i);
  const next = scope.add('AddV2', [i, scope.index(1)], { T: int32 }, { after: done });
  graph.add('NextIteration', [next], { T: int32 }, { name: nextName });
  return controlOf(graph.add('Exit', [switched], { T: int32 }));
}
