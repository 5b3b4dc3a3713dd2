import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import { zooModel } from '../../../../core/models/zoo/index.js';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import type { ByWeight } from '../../../../core/pruning/criteria/index.js';
import { Criteria } from '../../../../core/training/criteria/criteria.js';
import { relativeDifference } from '../../../../core/training/engines/agreement.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const data = examplesOf(40, [28, 28, 1], 10);
/** Two whole batches and a smaller one. */
const indices = data.train.slice(3, 23);

function apart(expected: ByWeight, found: ByWeight): number {
  expect([...found.keys()]).toEqual([...expected.keys()]);
  return Math.max(
    ...[...expected].map(([name, values]) => relativeDifference(values, found.get(name) ?? new Float32Array())),
  );
}

describe.each(['mnistCnn', 'residualCnn', 'lstm64'])('criteria of %s', (model) => {
  let network: Network;
  let compiled: Criteria;
  let eager: Criteria;

  beforeAll(async () => {
    const topology = zooModel(model);
    network = await Network.build(tf, topology, initialWeights(topology, 3));
    const settings = { batchSize: 8, seed: 1 };
    compiled = new Criteria(tf, network, data, settings);
    eager = new Criteria(tf, network, data, { ...settings, compiled: false });
  });
  afterAll(() => {
    compiled.dispose();
    eager.dispose();
    network.dispose();
  });

  it('given batches, then compiled gradients are those of eager, and the network stays as it was', () => {
    const before = network.read();
    const found = compiled.gradients(indices);
    expect(compiled.eagerBecause('gradients')).toBeNull();
    expect(apart(eager.gradients(indices), found)).toBeLessThan(1e-5);
    expect(network.read()).toEqual(before);
  });

  it('given the gradient, then the compiled Hessian times it is that of eager', () => {
    const { gradients, product } = compiled.hessianGradient(indices);
    expect(compiled.eagerBecause('hessianProduct')).toBeNull();
    expect(apart(eager.hessianProduct(indices, gradients), product)).toBeLessThan(1e-5);
    expect([...product.values()].every((values) => values.some((value) => value !== 0))).toBe(true);
  });

  it('given absolute weights and an input of ones, then compiled flow and gradients are those of eager', () => {
    const before = network.read();
    const found = compiled.synapticFlow();
    expect(compiled.eagerBecause('synapticFlow')).toBeNull();
    const expected = eager.synapticFlow();
    expect(relativeDifference(Float32Array.of(expected.flow), Float32Array.of(found.flow))).toBeLessThan(1e-5);
    expect(apart(expected.gradients, found.gradients)).toBeLessThan(1e-5);
    expect(network.read()).toEqual(before);
    expect(found.flow).toBeGreaterThan(0);
  });

  it('given examples, then compiled statistics of all layers are those of eager', () => {
    const found = compiled.activations(indices);
    expect(compiled.eagerBecause('activations')).toBeNull();
    const expected = eager.activations(indices);
    expect([...found.keys()]).toEqual(network.topology.nodes.slice(1).map(({ name }) => name));
    for (const [layer, { mean, meanAbsolute, zeros }] of expected) {
      const own = found.get(layer);
      expect(relativeDifference(meanAbsolute, own?.meanAbsolute ?? mean)).toBeLessThan(1e-5);
      expect(zeros).toEqual(own?.zeros);
      mean.forEach((value, i) => {
        expect(own?.mean[i]).toBeCloseTo(value, 5);
        expect(Math.abs(value)).toBeLessThanOrEqual((meanAbsolute[i] ?? 0) + 1e-6);
      });
    }
  });

  it('given weights that changed since, then what is compiled sees them', () => {
    const [name = ''] = network.trainable;
    const before = network.read().find((each) => each.name === name)?.values ?? new Float32Array();
    network.write(
      name,
      before.map((value) => value * 1.5),
    );
    expect(apart(eager.gradients(indices), compiled.gradients(indices))).toBeLessThan(1e-5);
    network.write(name, before);
  });
});
