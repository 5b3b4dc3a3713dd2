import type { Engine } from '../engines/engine.js';
import { during } from './profile.js';

/** An engine whose calls are spans. */
export function profiledEngine(engine: Engine): Engine {
  return {
    eagerBecause: engine.eagerBecause,
    dataKept: engine.dataKept,
    get stepsPerCall() {
      return engine.stepsPerCall;
    },
    train: (batches, seed, step, upcoming) =>
      during('steps', () => engine.train(batches, seed, step, upcoming), { steps: batches.length, first: step }),
    score: (indices) => during('score', () => engine.score(indices), { examples: indices.length }),
    latency: (batchSize, runs) => during('latency', () => engine.latency(batchSize, runs), { batchSize, runs }),
    readWeights: () => during('read weights', () => engine.readWeights()),
    writeWeights: (weights) => during('write weights', () => engine.writeWeights(weights)),
    readSlots: () => during('read slots', () => engine.readSlots()),
    writeSlots: (slots) => during('write slots', () => engine.writeSlots(slots)),
    mask: (masks) => during('write masks', () => engine.mask(masks)),
    dispose: () => engine.dispose(),
  };
}
