import { describe, expect, it } from 'vitest';
import { activatedLayer, normBehind } from '../../../core/models/layers-behind.js';
import { zooModel } from '../../../core/models/zoo/index.js';
import { sequentialOf } from '../../support/tiny-networks.js';

const RESIDUAL = zooModel('residualCnn');
const CONVOLUTION = { class_name: 'Conv1D', config: { name: 'a', filters: 3, kernel_size: [2] } };

describe('what lies behind a layer', () => {
  it('given batch norm and an activation, then they are found', () => {
    expect(normBehind(RESIDUAL, 'block1_1')).toBe('block1_1_norm/gamma');
    expect(activatedLayer(RESIDUAL, 'block1_1')).toBe('block1_1_relu');
  });

  it('given an addition, then the way ends before it', () => {
    expect(normBehind(RESIDUAL, 'block1_2')).toBe('block1_2_norm/gamma');
    expect(activatedLayer(RESIDUAL, 'block1_2')).toBe('block1_2_norm');
  });

  it('given an activation of its own, then the layer gives it itself', () => {
    expect(activatedLayer(zooModel('mnistCnn'), 'conv1')).toBe('conv1');
    expect(activatedLayer(zooModel('lstm64'), 'lstm')).toBe('lstm');
    expect(normBehind(zooModel('mnistCnn'), 'conv1')).toBeNull();
  });

  it('given pooling in between, then the norm behind it is not the layer’s', () => {
    const norm = { class_name: 'BatchNormalization', config: { name: 'norm' } };
    const pool = { class_name: 'MaxPooling1D', config: { name: 'pool', pool_size: 2 } };
    expect(normBehind(sequentialOf([6, 2], [CONVOLUTION, pool, norm]), 'a')).toBeNull();
    const relu = { class_name: 'ReLU', config: { name: 'relu' } };
    expect(normBehind(sequentialOf([6, 2], [CONVOLUTION, relu, norm]), 'a')).toBe('norm/gamma');
  });

  it('given a norm and an activation at every step, then they are found', () => {
    const each = (name: string, class_name: string, config = {}) => ({
      class_name: 'TimeDistributed',
      config: { name, layer: { class_name, config: { name: `${name}_inner`, ...config } } },
    });
    const norm = each('norm', 'BatchNormalization');
    const relu = each('relu', 'Activation', { activation: 'relu' });
    const topology = sequentialOf([6, 2], [CONVOLUTION, norm, relu]);
    expect(normBehind(topology, 'a')).toBe('norm/gamma');
    expect(activatedLayer(topology, 'a')).toBe('relu');
    const pool = { class_name: 'MaxPooling1D', config: { name: 'pool', pool_size: 2 } };
    expect(normBehind(sequentialOf([6, 2], [CONVOLUTION, pool, norm]), 'a')).toBeNull();
  });

  it('given a norm without scale, then there is none', () => {
    const norm = { class_name: 'BatchNormalization', config: { name: 'norm', scale: false } };
    expect(normBehind(sequentialOf([6, 2], [CONVOLUTION, norm]), 'a')).toBeNull();
  });
});
