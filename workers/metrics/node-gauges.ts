import type { NodeState } from '../../core/nodes/node-record.js';
import { type Sample, sample } from './registry.js';

const STATES: readonly NodeState[] = ['starting', 'ready', 'draining', 'drained', 'stopping', 'lost'];

/** Nodes by state; also states that none is in, so that a first lost node is a change. */
export function nodeSamples(nodes: readonly { readonly state: NodeState }[]): readonly Sample<'prunefront_nodes'>[] {
  return STATES.map((state) =>
    sample('prunefront_nodes', { state }, nodes.filter((node) => node.state === state).length),
  );
}
