import { sizeOf, valuesByName } from '../../models/named-tensor.js';
import { numberOf } from '../../registry/index.js';
import { inTurns } from '../../steps.js';
import type { Compression } from '../compression.js';
import { compressibleKernels } from '../kernels.js';
import { type Encoding, withValues } from '../model.js';
import { cluster, distinctUpTo, requireDistinct, shared } from './clusters.js';
import type { Initialization } from './initial-centroids.js';

/** Weight sharing by k-means, kernel by kernel. Of a kernel that was quantized the grid is lost: centroids lie beside it. */
export const clusterPiece: Compression = {
  name: 'cluster',
  summary: 'Lets the weights of a kernel share few values, found by k-means; fine-tuning trains the shared values.',
  source: 'Han et al. 2016',
  makes: 'encodings',
  settings: {
    clusters: {
      kind: 'number',
      description: 'Values that a kernel may have, zero included where it has zeros.',
      default: 16,
      minimum: 2,
      maximum: 256,
      integer: true,
    },
    initialization: {
      kind: 'choice',
      description:
        'Where the values begin: equally far from each other, with equally many weights around each, or drawn far from each other.',
      default: 'linear',
      choices: ['linear', 'density', 'kmeans++'],
    },
  },
  check(topology, settings) {
    for (const { layer, shape } of compressibleKernels(topology))
      requireDistinct(layer, numberOf(settings, 'clusters'), sizeOf(shape));
  },
  async apply(model, settings, { seed, tick }) {
    const own = {
      clusters: numberOf(settings, 'clusters'),
      initialization: settings['initialization'] as Initialization,
      seed,
    };
    const values = valuesByName(model.weights);
    const encodings = new Map<string, Encoding>(model.encodings);
    const changed = new Map<string, Float32Array>();
    for (const { layer, weight } of compressibleKernels(model.topology)) {
      const kernel = values.get(weight) ?? new Float32Array();
      const distinct = distinctUpTo(kernel, own.clusters);
      // Pruning may leave a kernel fewer values than it may have, or one.
      if (distinct < 2) continue;
      const clusters = await inTurns(cluster(layer, kernel, { ...own, clusters: distinct }), tick);
      encodings.set(weight, { clusters });
      changed.set(weight, shared(clusters));
      await tick();
    }
    return {
      ...model,
      weights: withValues(model.weights, changed),
      encodings,
      notes: [...model.notes, `${changed.size} kernels share at most ${own.clusters} values each`],
    };
  },
};
