import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EagerOnly } from '../../../../../core/training/compiled/eager-only.js';
import { Graph, Scope } from '../../../../../core/training/compiled/graph/graph.js';
import { DataType } from '../../../../../core/training/compiled/graph/node.js';
import { addVariable, feedNode, getNode, setNode } from '../../../../../core/training/compiled/graph/variables.js';
import { GraphSession, type HostTensor } from '../../../../../core/training/compiled/runner/session.js';
import { handlesInUse, requireNative } from '../../../../support/layers-models.js';
import { temporaryFolders } from '../../../../support/temporary-folder.js';

const backend = requireNative();
const vector = (...values: number[]): HostTensor => ({
  dtype: 'float32',
  shape: [values.length],
  values: Float32Array.from(values),
});

/** x · 2 under the name `twice`, −x under `minus`, and a variable `v`. */
function smallGraph(): Graph {
  const graph = new Graph();
  const top = new Scope(graph);
  const x = graph.add('Placeholder', [], { dtype: { type: DataType.float32 }, shape: { shape: [-1] } }, { name: 'x' });
  graph.add('Mul', [x, top.scalar(2)], { T: { type: DataType.float32 } }, { name: 'twice' });
  graph.add('Neg', [x], { T: { type: DataType.float32 } }, { name: 'minus' });
  addVariable(graph, 'v', 'float32', [2]);
  return graph;
}

describe('a session', () => {
  // Other tests write graphs to the common one at the same time.
  const temporaryFolder = temporaryFolders(afterAll);
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    vi.stubEnv('TMPDIR', folder);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it('given a graph, when it is fed, then what is fetched comes in its order, and no handle is left', () => {
    const before = handlesInUse();
    const session = GraphSession.load(backend, smallGraph().nodes);
    expect(session.run(new Map([['x', vector(1, 2, 3)]]), ['twice', 'minus'])).toEqual([
      Float32Array.of(2, 4, 6),
      Float32Array.of(-1, -2, -3),
    ]);
    expect(handlesInUse().savedModels).toBe(before.savedModels + 1);
    session.dispose();
    expect(handlesInUse()).toEqual(before);
  });

  it('given a variable, then it keeps what was set, in one session and not in another', () => {
    const [one, other] = [smallGraph(), smallGraph()].map(({ nodes }) => GraphSession.load(backend, nodes));
    one?.run(new Map([[feedNode('v'), vector(7, 8)]]), [setNode('v')]);
    expect(one?.run(new Map(), [getNode('v')])).toEqual([Float32Array.of(7, 8)]);
    expect(() => other?.run(new Map(), [getNode('v')])).toThrow();
    one?.dispose();
    other?.dispose();
  });

  it('given an operation that TensorFlow does not know, then it runs eagerly, the reason names it, and no file or handle is left', () => {
    const before = handlesInUse();
    const graph = new Graph();
    graph.add('NoSuchOperation', []);
    const load = (): GraphSession => GraphSession.load(backend, graph.nodes);
    expect(load).toThrow(EagerOnly);
    expect(load).toThrow(/^TensorFlow refuses the graph: .*NoSuchOperation/s);
    expect(handlesInUse()).toEqual(before);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('given a call that fails, then what it was fed is freed', () => {
    const session = GraphSession.load(backend, smallGraph().nodes);
    const before = handlesInUse();
    expect(() => session.run(new Map([['x', vector(1)]]), ['nowhere'])).toThrow();
    expect(handlesInUse()).toEqual(before);
    session.dispose();
  });
});
