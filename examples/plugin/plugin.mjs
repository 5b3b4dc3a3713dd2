/** A plugin: a criterion and a model of your own. Every process gets it with `--plugin examples/plugin/plugin.mjs`; see docs/plugins.md. */
export default {
  criteria: [
    {
      name: 'relativeMagnitude',
      summary: 'Absolute weight over the mean of its kernel, so that layers with small weights are not emptied first.',
      source: 'examples/plugin',
      settings: {
        power: {
          kind: 'number',
          description: 'Power of the mean: 0 is magnitude.',
          default: 1,
          minimum: 0,
          maximum: 1,
        },
      },
      // What is pruned already is zero, and stays out of the mean.
      weights({ values }, _evidence, { power }) {
        const kept = values.filter((value) => value !== 0);
        const mean = kept.reduce((sum, value) => sum + Math.abs(value), 0) / Math.max(1, kept.length);
        return values.map((value) => Math.abs(value) / Math.max(mean, 1e-30) ** power);
      },
    },
  ],
  models: [
    {
      name: 'thinCnn',
      summary:
        'Two convolutions of 8 and 16 filters, each at half the size of what it takes, and Dense10: 9,098 parameters.',
      source: 'examples/plugin',
      settings: {},
      keras: {
        class_name: 'Sequential',
        config: {
          name: 'thinCnn',
          layers: [
            { class_name: 'InputLayer', config: { name: 'input', batch_input_shape: [null, 28, 28, 1] } },
            halving('conv1', 8),
            halving('conv2', 16),
            { class_name: 'Flatten', config: { name: 'flatten' } },
            { class_name: 'Dense', config: { name: 'dense', units: 10, activation: 'softmax' } },
          ],
        },
      },
    },
  ],
};

/** A layer as Keras writes it in `model.json`; what is left out is Keras' default. */
function halving(name, filters) {
  const size = { kernel_size: [3, 3], strides: [2, 2], padding: 'same' };
  return { class_name: 'Conv2D', config: { name, filters, ...size, activation: 'relu' } };
}
