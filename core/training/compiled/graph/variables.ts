import type { Graph, GraphVariable } from './graph.js';
import { DataType, type Ref, type ValueType } from './node.js';

/** Node to feed a variable's new value to; fetching `setNode` stores it. */
export const feedNode = (name: string): string => `${name}/feed`;
/** Node whose fetch stores the value that was fed. */
export const setNode = (name: string): string => `${name}/set`;
/** Node whose fetch gives the variable's value. */
export const getNode = (name: string): string => `${name}/get`;

/** Adds a resource variable that can be set and read from outside. It has no value until it is set. */
export function addVariable(graph: Graph, name: string, dtype: ValueType, shape: readonly number[]): GraphVariable {
  const type = DataType[dtype];
  const handle = graph.add(
    'VarHandleOp',
    [],
    { dtype: { type }, shape: { shape }, shared_name: { text: name }, container: { text: '' } },
    { name },
  );
  const fed = graph.add('Placeholder', [], { dtype: { type }, shape: { shape } }, { name: feedNode(name) });
  const stored = graph.add('AssignVariableOp', [handle, fed], { dtype: { type } });
  addSignal(graph, setNode(name), [stored]);
  graph.add('ReadVariableOp', [handle], { dtype: { type } }, { name: getNode(name) });
  return { handle, dtype, shape };
}

/** Adds a node whose fetch runs other ones. What is fetched is a number, not a copy of what they hold. */
export function addSignal(graph: Graph, name: string, after: readonly Ref[]): void {
  const told = { dtype: DataType.bool, shape: [], values: { uniform: 1 } };
  graph.add('Const', [], { dtype: { type: DataType.bool }, value: { tensor: told } }, { name, after });
}
