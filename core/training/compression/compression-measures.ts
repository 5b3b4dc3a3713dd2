import { type Calibration, type CompressionContext, createObserver, requireRange } from '../../compression/index.js';
import { valuesByName } from '../../models/named-tensor.js';
import { epochOrder } from '../../network/batches.js';
import { Network } from '../../network/network.js';
import { layerOutputs, layerRanges } from '../criteria/layer-outputs.js';
import { Measuring } from '../criteria/measuring.js';
import type { Engine } from '../engines/engine.js';
import { type EngineSettings, graphKey, openEngine } from '../engines/open-engine.js';
import type { ModelState } from '../stage-state.js';
import { compressedRun } from './compressed-network.js';

/** Training examples that compressions look at. */
const EXAMPLES = 512;

/** What a compression measures with. */
export interface CompressionSource {
  /** Those of the stage's training, so that both share what is compiled. */
  readonly engine: Omit<EngineSettings, 'masksKernels'>;
  /** Of the stage: which examples are looked at, and what is drawn. */
  readonly seed: number;
  /** As `CompressionContext` has it. */
  readonly tick: () => Promise<void>;
}

/** What is measured of a model, and how. Dispose it. */
export interface CompressionMeasures extends CompressionContext {
  /** Why something that was measured didn't run compiled; null where all did. */
  eagerBecause(): string | null;
  dispose(): void;
}

/** Measures a model as it is: in compiled programs where these can be trusted, else eagerly. Nothing is set up before it is asked for. */
export function compressionMeasures(state: ModelState, source: CompressionSource): CompressionMeasures {
  const { seed, tick } = source;
  const { topology, weights, masks } = state;
  const settings: EngineSettings = { ...source.engine, ...compressedRun(state), masksKernels: masks.size > 0 };
  const examples = epochOrder(settings.data.train, seed, 0).slice(0, EXAMPLES);
  const values = valuesByName(weights);
  let engine: Engine | null = null;
  let reason: string | null = null;
  const closeEngine = (): void => {
    engine?.dispose();
    engine = null;
  };
  return {
    seed,
    tick,
    async activationRanges(layers, calibration) {
      // The cache may drop the engine's program for the one of ranges.
      closeEngine();
      const network = await Network.build(settings.tf, topology, weights, settings.activations);
      const measuring = openMeasuring(network, settings, seed);
      try {
        return await rangesOf(network, measuring, { layers, calibration, examples, settings, tick });
      } finally {
        reason ??= measuring.eagerReasons()[0] ?? null;
        measuring.dispose();
        network.dispose();
      }
    },
    async lossWith(changed) {
      engine ??= await openEngine(topology, weights, settings);
      reason ??= engine.eagerBecause;
      engine.writeWeights(changed);
      const { loss } = engine.score(examples);
      engine.writeWeights(new Map([...values].filter(([name]) => changed.has(name))));
      await tick();
      return loss;
    },
    eagerBecause: () => reason,
    dispose: closeEngine,
  };
}

function openMeasuring({ topology }: Network, settings: EngineSettings, seed: number): Measuring {
  const { tf, data, programs } = settings;
  if (programs === null) return new Measuring(tf, data, { seed, compiled: false });
  return new Measuring(tf, data, { seed, kept: { programs, key: graphKey(topology, settings) } });
}

async function rangesOf(
  network: Network,
  measuring: Measuring,
  {
    layers,
    calibration,
    examples,
    settings: { tf, batchSize },
    tick,
  }: {
    readonly layers: readonly string[];
    readonly calibration: Calibration;
    readonly examples: Int32Array;
    readonly settings: Pick<EngineSettings, 'tf' | 'batchSize'>;
    readonly tick: () => Promise<void>;
  },
): ReturnType<CompressionContext['activationRanges']> {
  const observers = new Map(layers.map((layer) => [layer, createObserver(calibration)]));
  const seen = layers.filter((layer) => network.layersWithOutput.includes(layer));
  // A percentile is of all values; the other calibrations look at the ends of a batch alone.
  const measurement = calibration.kind === 'percentile' ? layerOutputs(network, seen) : layerRanges(tf, network, seen);
  for (const { outputs } of measuring.batches(measurement, examples, batchSize)) {
    seen.forEach((layer, i) => {
      observers.get(layer)?.observe(outputs[i] ?? new Float32Array());
    });
    await tick();
  }
  return new Map([...observers].map(([layer, observer]) => [layer, requireRange(observer, layer)]));
}
