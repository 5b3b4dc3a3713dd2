import type { LayerGranularity, UnitGranularity } from './granularity.js';

/** Output channels of convolutions, and the input channels that they feed. */
export const filter: UnitGranularity = {
  name: 'filter',
  kind: 'units',
  summary: 'Filters of convolutions are removed with the channels that they make.',
  source: 'Li et al. 2017',
  settings: {},
  of: new Set(['filter']),
};

/** Units of dense layers. */
export const neuron: UnitGranularity = {
  name: 'neuron',
  kind: 'units',
  summary: 'Neurons of dense layers are removed with their weights in and out.',
  source: 'Mozer and Smolensky 1989, He et al. 2014',
  settings: {},
  of: new Set(['neuron']),
};

/** Units of LSTM, GRU and SimpleRNN, with all their gates and what feeds them back. */
export const recurrent: UnitGranularity = {
  name: 'recurrent',
  kind: 'units',
  summary: 'Units of recurrent layers are removed with all their gates.',
  source: 'Wen et al. 2018',
  settings: {},
  of: new Set(['recurrent']),
};

/** Units of all those layers. */
export const unit: UnitGranularity = {
  name: 'unit',
  kind: 'units',
  summary: 'Filters, neurons and recurrent units are removed.',
  source: 'Fang et al. 2023 (DepGraph)',
  settings: {},
  of: new Set(['filter', 'neuron', 'recurrent']),
};

/** Whole layers and residual blocks whose inputs have the shape of their outputs. */
export const layer: LayerGranularity = {
  name: 'layer',
  kind: 'layers',
  summary: 'Whole layers and residual blocks are removed where the shapes allow it.',
  source: 'Chen and Zhao 2019',
  settings: {},
};
