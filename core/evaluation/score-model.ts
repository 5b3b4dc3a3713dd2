import type { PreparedData } from '../datasets/prepare.js';
import { gatherBatch } from '../network/batches.js';
import type { Network } from '../network/network.js';
import type { Tf } from '../network/tf.js';
import type { Score } from '../sweep/observation.js';
import { createJudge, type Judge, judged } from './judges/index.js';
import { scoreExamples } from './score-examples.js';

/** The score of the network on the examples at `indices`, operation by operation. */
export function scoreModel(
  tf: Tf,
  network: Network,
  data: PreparedData,
  indices: Int32Array,
  judge: Judge = createJudge(undefined, data),
): Score {
  return scoreExamples(judge, indices, (batch) =>
    tf.tidy(() => {
      const { x, y } = gatherBatch(tf, data, batch);
      return judged(tf, judge, network, [x, y]).map((found) => found.dataSync());
    }),
  );
}
