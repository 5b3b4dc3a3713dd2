import { initialWeights } from '../../core/models/initial-weights.js';
import { batchesOf, epochOrder, gatherBatch } from '../../core/network/batches.js';
import { deviceName, loadTensorFlow, tensorFlowVersion } from '../../core/network/tensorflow.js';
import { createOptimizer } from '../../core/training/optimizers/index.js';
import { TrainingSession } from '../../core/training/training-session.js';
import { benchTopology } from './models.js';
import { serve, type WorkerArguments, workerArguments } from './worker.js';

/** A model in training with its data. */
interface OurModel {
  readonly session: TrainingSession;
  readonly data: WorkerArguments['data'];
  /** Batches of the present epoch that are still to come. */
  upcoming: Iterator<Int32Array>;
  epoch: number;
}

/** Sets up what is there once for all steps. The engine's own set-up goes here. */
async function startTraining({ model, data, precision }: WorkerArguments): Promise<OurModel> {
  if (precision !== 'float32') throw new Error('ours trains in float32 alone so far');
  const tf = loadTensorFlow();
  const topology = benchTopology(model);
  const state = {
    ...{ topology, weights: initialWeights(topology, 1), masks: new Map(), keptUnits: {} },
    ...{ floorHit: [], surgeryDifference: null },
  };
  const adam = createOptimizer({ adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } });
  const session = await TrainingSession.start(tf, state, adam);
  return { session, data, upcoming: batchesOf(new Int32Array(), 1), epoch: 0 };
}

/**
 * Trains a number of steps and returns the last loss. This is what is timed: the one function that the engine replaces.
 * The order of the examples is shuffled anew for each epoch.
 */
async function trainSteps(model: OurModel, batch: number, steps: number): Promise<number> {
  const { session, data } = model;
  let loss = Number.NaN;
  for (let step = 0; step < steps; step++) {
    let next = model.upcoming.next();
    if (next.done === true) {
      model.upcoming = batchesOf(epochOrder(data.train, 1, model.epoch++), batch);
      next = model.upcoming.next();
    }
    const examples = gatherBatch(session.tf, data, next.value);
    loss = session.trainOn(examples, 1);
    session.tf.dispose([examples.x, examples.y]);
  }
  return loss;
}

const given = workerArguments();
const model = await startTraining(given);
const { tf, network } = model.session;
await serve(async (steps) => ({ steps, loss: await trainSteps(model, given.batch, steps) }), {
  parameters: network.trainable.reduce((total, name) => total + (network.variables.get(name)?.size ?? 0), 0),
  device: deviceName(tf),
  note: `eager steps, ${given.precision}, TensorFlow ${tensorFlowVersion(tf)}`,
});
