import { prepareDataset } from '../core/datasets/prepare.js';
import { baselineStage, candidateStages, scoreStage } from '../core/search/stages.js';
import { openFolderStore } from '../core/store/folder-store.js';
import type { SweepSpec } from '../core/sweep/spec.js';
import { runStage } from '../core/training/run-stage.js';
import { loadTensorFlow } from '../core/training/tensorflow.js';

const tf = loadTensorFlow();
const store = await openFolderStore('/tmp/trial/' + Date.now());
const spec: SweepSpec = {
  name: 't',
  model: { zoo: 'mnistCnn' },
  dataset: { builtin: 'mnist' },
  split: { validation: 0.1, test: 0.2, seed: 1 },
  baseline: {
    epochs: 2,
    batchSize: 64,
    optimizer: { adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } },
    seed: 1,
  },
  space: {
    method: [],
    sparsity: [],
    schedule: [
      {
        iterative: { rounds: 2, rewind: { epoch: 1 }, epochsPerRound: 1, fineTune: { epochs: 1, learningRate: 1e-4 } },
      },
    ],
    recovery: [],
  },
  search: { algorithm: 'grid', seed: 1 },
  objectives: [],
  constraints: [],
  select: 'knee',
  budget: { candidates: 1, wallClockMs: null },
};
console.time('prepare');
const data = await prepareDataset(spec.dataset, spec.split, store);
console.timeEnd('prepare');
console.log(data);
let last = 0;
const ctx = {
  tf,
  store,
  checkpoint: null,
  checkpointEveryMs: 2000,
  ranOn: 'x/0',
  signal: new AbortController().signal,
  onProgress(p: {
    phase: string;
    step: number;
    imagesPerSecond: number | null;
    loss: number | null;
    sparsity: number;
  }) {
    if (p.step - last > 60 || p.step < last) {
      last = p.step;
      console.log(p.phase, p.step, p.loss?.toFixed(3), p.imagesPerSecond?.toFixed(0), p.sparsity.toFixed(3));
    }
  },
};
const base = baselineStage(spec, data.key);
console.time('baseline');
const b = await runStage(base, ctx);
console.timeEnd('baseline');
const show = (n: string, r: typeof b) => {
  const { layers, curve, ...o } = r.observation;
  console.log(n, JSON.stringify({ ...o, versions: 0 }), JSON.stringify(layers), curve.length);
};
show('base', b);
console.log(tf.memory().numTensors);
for (const [method, schedule] of [
  [{ granularity: 'weight', criterion: 'magnitude', scope: 'global' }, 'oneShot'],
  [
    { granularity: 'weight', criterion: 'magnitude', scope: 'layer' },
    { polynomialDecay: { initialSparsity: 0.3, beginStep: 0, endStep: null, frequency: 20, power: 3 } },
  ],
  [
    { granularity: 'filter', criterion: 'l1', scope: 'layer' },
    { polynomialDecay: { initialSparsity: 0.3, beginStep: 0, endStep: null, frequency: 20, power: 3 } },
  ],
  [{ granularity: 'filter', criterion: 'l1', scope: 'layer' }, spec.space.schedule[0]],
] as const) {
  const chain = candidateStages(spec, base, {
    method,
    schedule: schedule as never,
    sparsity: 0.8,
    recovery: { epochs: 1, learningRate: 5e-4 },
  });
  for (const s of chain) {
    console.time('stage');
    const r = await runStage(s, ctx);
    console.timeEnd('stage');
    show(method.granularity + ' ' + s.operation.kind, r);
  }
  const r = await runStage(scoreStage(chain.at(-1)!), ctx);
  console.log('test', r.observation.test, tf.memory().numTensors);
}
