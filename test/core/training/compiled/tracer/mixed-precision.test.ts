import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Network } from '../../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../../core/network/tensorflow.js';
import { createRandom } from '../../../../../core/random.js';
import { Graph, Scope } from '../../../../../core/training/compiled/graph/graph.js';
import { DataType, type GraphNode, type Ref } from '../../../../../core/training/compiled/graph/node.js';
import { mixedPrecision } from '../../../../../core/training/compiled/tracer/mixed-precision.js';
import { replay } from '../../../../../core/training/compiled/tracer/replay.js';
import { trace } from '../../../../../core/training/compiled/tracer/trace.js';
import { lossAndGradients } from '../../../../../core/training/loss-and-gradients.js';
import { requireNative } from '../../../../support/layers-models.js';
import { randomWeights, sequentialOf } from '../../../../support/tiny-networks.js';

const tf = loadTensorFlow();
const FLOAT = { T: { type: DataType.float32 } };

const typeOf = ({ attributes }: GraphNode, name: string): number | null => {
  const value = attributes[name];
  return value !== undefined && 'type' in value ? value.type : null;
};
const isHalf = (node: GraphNode): boolean => typeOf(node, 'T') === DataType.bfloat16;
const casts = (nodes: readonly GraphNode[], to: number): GraphNode[] =>
  nodes.filter((node) => node.op === 'Cast' && typeOf(node, 'DstT') === to);

describe('mixed precision of single operations', () => {
  function build() {
    const graph = new Graph();
    const scope = new Scope(graph);
    const add = mixedPrecision();
    const input = (name: string): Ref => graph.add('Placeholder', [], {}, { name });
    return { graph, scope, input, add: (op: string, ...inputs: Ref[]) => add(scope, op, inputs, FLOAT) };
  }
  const formula = (graph: Graph, ref: Ref): string => {
    const node = graph.nodes.find(({ name }) => name === ref);
    if (node === undefined || node.op === 'Placeholder') return ref;
    const op = node.op === 'Cast' ? (typeOf(node, 'DstT') === DataType.bfloat16 ? 'half' : 'whole') : node.op;
    return `${op}(${node.inputs.map((each) => formula(graph, each)).join(', ')})`;
  };

  it.each([
    ['MatMul', 'whole(MatMul(half(a), half(b)))'],
    ['Conv2D', 'whole(Conv2D(half(a), half(b)))'],
    ['DepthwiseConv2dNative', 'whole(DepthwiseConv2dNative(half(a), half(b)))'],
    ['Mean', 'Mean(a, b)'],
    ['Sum', 'Sum(a, b)'],
    ['AddV2', 'AddV2(a, b)'],
    ['BiasAdd', 'BiasAdd(a, b)'],
    ['Relu', 'Relu(a, b)'],
  ])('given %s of whole numbers, then it is %s', (op, expected) => {
    const { graph, add, input } = build();
    expect(formula(graph, add(op, input('a'), input('b')))).toBe(expected);
  });

  it.each([
    ['Conv2DBackpropInput', 'whole(Conv2DBackpropInput(a, half(b), half(c)))'],
    ['Conv2DBackpropFilter', 'whole(Conv2DBackpropFilter(half(a), b, half(c)))'],
  ])('given %s, one of whose inputs is a shape, then that is left: %s', (op, expected) => {
    const { graph, add, input } = build();
    expect(formula(graph, add(op, input('a'), input('b'), input('c')))).toBe(expected);
  });

  it('given a value that two products use, then it is cast once', () => {
    const { graph, add, input } = build();
    const x = input('x');
    add('MatMul', x, input('a'));
    add('MatMul', x, input('b'));
    expect(casts(graph.nodes, DataType.bfloat16).map(({ inputs }) => inputs)).toEqual([['x'], ['a'], ['b']]);
  });

  it('given what only hands on a product, then it works on halves, and nothing is cast there and back', () => {
    const { graph, add, input } = build();
    const biased = add('BiasAdd', add('MatMul', input('x'), input('k')), input('b'));
    const second = add('MatMul', add('Relu', biased), input('l'));
    expect(formula(graph, second)).toBe('whole(MatMul(Relu(BiasAdd(MatMul(half(x), half(k)), half(b))), half(l)))');
  });

  it('given a whole value that a product used, then what hands it on is still whole', () => {
    const { graph, add, input } = build();
    const x = add('Mean', input('x'), input('axis'));
    add('MatMul', x, input('k'));
    expect(formula(graph, add('Relu', x))).toBe('Relu(Mean(x, axis))');
  });

  it('given a sum of a product, then it is of whole numbers', () => {
    const { graph, add, input } = build();
    expect(formula(graph, add('Sum', add('MatMul', input('x'), input('k')), input('axis')))).toBe(
      'Sum(whole(MatMul(half(x), half(k))), axis)',
    );
  });

  it('given two places in a graph, then each has casts of its own', () => {
    const graph = new Graph();
    const add = mixedPrecision();
    const x = graph.add('Placeholder', [], {}, { name: 'x' });
    for (const scope of [new Scope(graph), new Scope(graph)]) add(scope, 'MatMul', [x, x], FLOAT);
    expect(casts(graph.nodes, DataType.bfloat16)).toHaveLength(2);
  });
});

describe('mixed precision of a training step', () => {
  const MODEL = sequentialOf(
    [8, 8, 1],
    [
      { class_name: 'Conv2D', config: { name: 'conv', filters: 4, kernel_size: 3, activation: 'relu' } },
      { class_name: 'BatchNormalization', config: { name: 'norm' } },
      { class_name: 'MaxPooling2D', config: { name: 'pool' } },
      { class_name: 'Flatten', config: { name: 'flatten' } },
      { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
    ],
  );
  let network: Network;
  let nodes: readonly GraphNode[];

  beforeAll(async () => {
    network = await Network.build(tf, MODEL, randomWeights(MODEL, 1));
    const random = createRandom(2);
    const x = tf.tensor4d(
      Float32Array.from({ length: 4 * 64 }, () => random.next()),
      [4, 8, 8, 1],
    );
    const y = tf.tensor1d([0, 1, 2, 0], 'int32');
    const seed = tf.tensor1d([1, 2], 'int32');
    const backend = requireNative();
    const { recording, outputs, changes } = trace(tf, backend, network.variables, [x, y, seed], () => {
      const { loss, gradients } = lossAndGradients(tf, network, [x, y], seed, new Map());
      return [loss, ...gradients];
    });
    const graph = new Graph();
    const wanted = [...outputs, ...changes.values()].map(({ id }) => id);
    const outside = (id: number): Ref => graph.add('Placeholder', [], {}, { name: `given_${id}` });
    const bound = new Map<number, Ref>();
    replay(new Scope(graph), backend.binding, recording, bound, wanted, outside, mixedPrecision());
    // What anybody wants of it is whole.
    const results = wanted.map((id) => bound.get(id));
    nodes = graph.nodes;
    expect(nodes.filter(({ name }) => results.includes(name)).filter(isHalf)).toEqual([]);
    tf.dispose([x, y, seed]);
  });
  afterAll(() => network.dispose());

  it('given a convolution, batch norm, pooling and a dense layer, then products are halves and all else is whole', () => {
    const half = new Set(nodes.filter(isHalf).map(({ op }) => op));
    for (const op of ['Conv2D', 'Conv2DBackpropFilter', 'MatMul', 'BiasAdd']) expect(half).toContain(op);
    const allowed =
      /^(Conv2D|Conv2DBackprop(Filter|Input)|MatMul|BatchMatMulV2|BiasAdd|BiasAddGrad|Reshape|Relu|ReluGrad|MaxPool|MaxPoolGrad)$/;
    for (const op of half) expect(op).toMatch(allowed);
    const products = nodes.filter(({ op }) => /^(Conv2D|.*MatMul)/.test(op));
    expect(products.filter((node) => !isHalf(node))).toEqual([]);
  });

  it('given batch norm and means, then they are there, and whole', () => {
    const whole = nodes.filter((node) => typeOf(node, 'T') === DataType.float32).map(({ op }) => op);
    for (const op of ['Mean', 'FusedBatchNormV3', 'FusedBatchNormGradV3']) expect(whole).toContain(op);
  });

  it('given all values, then none is cast twice, and halves are read by halves alone', () => {
    const inputs = casts(nodes, DataType.bfloat16).map((node) => node.inputs[0]);
    expect(new Set(inputs).size).toBe(inputs.length);
    const halves = new Set([...casts(nodes, DataType.bfloat16), ...nodes.filter(isHalf)].map(({ name }) => name));
    const readers = nodes.filter((node) => node.inputs.some((ref) => halves.has(ref)));
    for (const reader of readers) expect(isHalf(reader) || reader.op === 'Cast').toBe(true);
  });
});
