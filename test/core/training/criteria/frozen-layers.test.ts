import { afterAll, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import type { LayersModel } from '../../../../core/models/model-file.js';
import type { Topology } from '../../../../core/models/topology.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import {
  CRITERIA,
  scoredKernels,
  scoredLayers,
  unitScores,
  weightScores,
} from '../../../../core/pruning/criteria/index.js';
import { defaultsOf } from '../../../../core/registry/index.js';
import type { Method } from '../../../../core/sweep/spec.js';
import { measureEvidence } from '../../../../core/training/criteria/measured-evidence.js';
import { createObjective } from '../../../../core/training/objectives/index.js';
import { type PrunedSweep, prunedSweep, SMALL_NETWORKS } from '../../../support/pruned-sweep.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';
import { savedModel, TRAINING } from '../../../support/tiny-sweep.js';
import { examplesOf } from '../../../support/training-set.js';
import { parse } from '../../spec/parse.js';

const tf = loadTensorFlow();
const steps = examplesOf(20, [3, 4], 3);

/** A recurrent layer in both directions, a dense one at every step, and a plain one; the first three are frozen or not. */
function network(trainable: boolean): Topology {
  const inner = (class_name: string, config: Readonly<Record<string, unknown>>) => ({
    class_name,
    config: { ...config, trainable },
  });
  return sequentialOf(
    [3, 4],
    [
      {
        class_name: 'Bidirectional',
        config: { name: 'both', layer: inner('LSTM', { name: 'lstm', units: 3, return_sequences: true }) },
      },
      { class_name: 'TimeDistributed', config: { name: 'each', layer: inner('Dense', { name: 'in', units: 4 }) } },
      { class_name: 'Flatten', config: { name: 'flat' } },
      { class_name: 'Dense', config: { name: 'hidden', units: 5, activation: 'relu', trainable } },
      { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
    ],
  );
}

const MEASURED = CRITERIA.all().filter(
  ({ measures, tracksMovement, name }) => measures === true && tracksMovement !== true && name !== 'batchNormScale',
);

describe('frozen layers', () => {
  it.each(MEASURED.map(({ name }) => name))(
    'given the criterion %s, then they are scored as if they trained',
    async (name) => {
      const criterion = CRITERIA.get(name);
      const settings = {
        ...defaultsOf(criterion),
        ...(name === 'woodfisher' || name === 'obd' ? { examples: 4 } : {}),
      };
      const scoresOf = async (topology: Topology) => {
        const weights = randomWeights(topology, 3);
        const source = { tf, topology, weights, data: steps, objective: createObjective({}, steps) };
        const evidence = await measureEvidence({ ...source, seed: 1, examples: 8, batchSize: 8 });
        try {
          const { weights: ofWeights } = criterion;
          const kernels = ofWeights === undefined ? [] : scoredKernels(topology, weights);
          return [
            ...scoredLayers(topology, weights).map((layer) => unitScores(criterion, layer, evidence, settings)),
            ...kernels.map((kernel) => weightScores(criterion, kernel, evidence, settings)),
          ];
        } finally {
          evidence.dispose();
        }
      };
      const frozen = await scoresOf(network(false));
      expect(frozen).toEqual(await scoresOf(network(true)));
      for (const scores of frozen) expect(scores.some((score) => score !== 0)).toBe(true);
    },
  );

  describe('of a stage', () => {
    const temporaryFolder = temporaryFolders(afterAll);
    const { nodes, ...rest } = SMALL_NETWORKS.cnn;
    const frozen = {
      ...rest,
      nodes: nodes.map((node) =>
        node.name === 'second' ? { ...node, config: { ...node.config, trainable: false } } : node,
      ),
    };
    let given: Promise<PrunedSweep> | undefined;
    const sweepOf = async (): Promise<PrunedSweep> => {
      given ??= prunedSweep(await temporaryFolder(), frozen);
      return given;
    };
    const initial: LayersModel['weights'] = initialWeights(frozen, 1);
    const second = initial.find(({ name }) => name === 'second/kernel')?.values ?? new Float32Array();

    it.each(['taylor', 'snip', 'magnitude'])(
      'given weights by %s, then theirs are pruned too, and what is left of them is not trained',
      async (criterion) => {
        const { sweep, stage, stateOf } = await sweepOf();
        const method: Method = { granularity: 'weight', criterion, scope: 'layer' };
        const record = await sweep.run(stage(method, { training: { ...TRAINING, epochs: 1 } }));
        expect(record.observation.layers.map(({ nonzero }) => nonzero)).toEqual([36, 432, 3456, 80]);
        const { weights, masks } = await stateOf(record);
        const mask = masks.get('second/kernel') ?? new Uint8Array();
        const left = weights.find(({ name }) => name === 'second/kernel')?.values;
        // A mask leaves −0 of a negative weight.
        expect(left?.map((value) => value + 0)).toEqual(second.map((value, i) => value * (mask[i] ?? 0) + 0));
      },
    );

    it('given units, then theirs go too', async () => {
      const o = await (await sweepOf()).prune({ granularity: 'unit', criterion: 'taylor', scope: 'layer' });
      expect(o.layers.slice(0, 3).map(({ units }) => units)).toEqual([4, 6, 8]);
    });

    it('given a scan, then each of them is measured', async () => {
      const { sweep, baseline } = await sweepOf();
      const method: Method = { granularity: 'weight', criterion: 'snip', scope: 'sensitivity' };
      const scan = sweep.child(baseline, { kind: 'scan', method, training: { ...TRAINING, epochs: 0 } });
      const { sensitivity = [] } = (await sweep.run(scan)).observation;
      expect(sensitivity.map(({ layer }) => layer)).toContain('second/kernel');
    });

    it('given weights that move, then none of theirs do, for they would stay zero', async () => {
      const { sweep, stage, stateOf } = await sweepOf();
      const method: Method = { granularity: 'weight', criterion: 'magnitude', scope: 'layer' };
      const schedule = { rigL: { frequency: 4, dropFraction: 0.3, endFraction: 0.75 } };
      const record = await sweep.run(stage(method, { schedule, training: TRAINING }));
      const fixed = await sweep.run(stage(method, { training: TRAINING }));
      const maskOf = async (name: string, of: typeof record) => (await stateOf(of)).masks.get(name);
      expect(await maskOf('second/kernel', record)).toEqual(await maskOf('second/kernel', fixed));
      expect(await maskOf('hidden/kernel', record)).not.toEqual(await maskOf('hidden/kernel', fixed));
    });

    it.each([
      ['weight', ''],
      ['unit', ''],
      ['weight', ', layers: { second: { exclude: true } }'],
    ])(
      'given %s by movement, then the spec is refused with the layer, but not where a rule excludes it%s',
      async (granularity, rules) => {
        const model = await savedModel(await temporaryFolder(), frozen);
        const text = `name: frozen
model: { file: ${model} }
dataset: mnist
baseline: { epochs: 2, optimizer: adam }
space:
  method: { granularity: ${granularity}, criterion: movement, scope: global${rules} }
  sparsity: 0.5
  schedule: linear
  recovery: { epochs: 1, learningRate: 0.0005 }
`;
        if (rules !== '') {
          await expect(parse(text)).resolves.toMatchObject({ name: 'frozen' });
          return;
        }
        await expect(parse(text)).rejects.toMatchObject({
          code: 'PRUNEFRONT_SPEC_CONFLICT',
          message: 'Layer second is frozen, and movement scores what training moves',
          facts: { allowed: 'another criterion; or exclude the layer by layers: { second: { exclude: true } }' },
        });
      },
    );
  });
});
