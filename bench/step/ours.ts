import { initialWeights } from '../../core/models/initial-weights.js';
import { zooModel } from '../../core/models/zoo/index.js';
import { batchesOf, epochOrder } from '../../core/network/batches.js';
import { deviceName, loadTensorFlow, tensorFlowVersion } from '../../core/network/tensorflow.js';
import { ProgramCache } from '../../core/training/engines/program-cache.js';
import { UNPRUNED } from '../../core/training/stage-state.js';
import { TrainingSession } from '../../core/training/training-session.js';
import { serve, type WorkerArguments, workerArguments } from './worker.js';

/** A model in training with its data. */
interface OurModel {
  readonly session: TrainingSession;
  readonly data: WorkerArguments['data'];
  /** Batches of the present epoch that are still to come. */
  upcoming: Int32Array[];
  epoch: number;
}

/** Sets up what is there once for all steps: the compiled step, with the data set in it. */
async function startTraining({ model, batch, data, precision }: WorkerArguments): Promise<OurModel> {
  const topology = zooModel(model);
  const state = { topology, weights: initialWeights(topology, 1), masks: new Map(), ...UNPRUNED };
  const session = await TrainingSession.start(state, {
    tf: loadTensorFlow(),
    data,
    dataset: 'bench',
    optimizer: { adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } },
    batchSize: batch,
    precision,
    masksKernels: false,
    callMs: 100,
    programs: new ProgramCache(),
  });
  return { session, data, upcoming: [], epoch: 0 };
}

/** Trains a number of steps and returns the last loss. This is what is timed. The order of the examples is shuffled anew for each epoch. */
function trainSteps(model: OurModel, batch: number, steps: number): number {
  const { session, data } = model;
  let loss = Number.NaN;
  for (let step = 0; step < steps; ) {
    if (model.upcoming.length === 0) model.upcoming = [...batchesOf(epochOrder(data.train, 1, model.epoch++), batch)];
    const taken = model.upcoming.splice(0, Math.min(session.stepsPerCall, steps - step));
    loss = session.trainOn(taken, 1).at(-1) ?? loss;
    step += taken.length;
  }
  return loss;
}

const given = workerArguments();
const model = await startTraining(given);
const { session } = model;
const { tf } = session.settings;
const shapes = new Map(session.state().weights.map(({ name, values }) => [name, values.length]));
const how = session.eagerBecause === null ? 'compiled' : `eager, because ${session.eagerBecause}`;
await serve((steps) => Promise.resolve({ steps, loss: trainSteps(model, given.batch, steps) }), {
  parameters: [...session.readSlots().keys()].reduce((total, name) => total + (shapes.get(name) ?? 0), 0),
  device: deviceName(tf),
  note: `${how}, ${given.precision}, TensorFlow ${tensorFlowVersion(tf)}`,
});
