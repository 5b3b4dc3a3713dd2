import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../bench/evidence/options.js';
import {
  type Impossibility,
  isImpossible,
  noteImpossible,
  type Outcome,
  outcomeOf,
} from '../../../bench/evidence/outcomes.js';
import { resultsOf } from '../../../bench/evidence/results.js';
import { beginningOf, MODELS, runsOf, SEEDS, STUDIED, type StudiedRun } from '../../../bench/evidence/study.js';
import { COMPRESSIONS } from '../../../core/compression/index.js';
import { PrunefrontError } from '../../../core/errors.js';
import { CRITERIA } from '../../../core/pruning/criteria/index.js';
import { SCHEDULES } from '../../../core/pruning/schedules/index.js';
import type { Choice } from '../../../core/registry/index.js';
import { pieceChoice } from '../../../core/spec/pieces.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { observed } from './paper-results.js';

const all = (): StudiedRun[] =>
  SEEDS.flatMap((seed) => STUDIED.flatMap((model) => runsOf(model, seed, beginningOf(model, seed, `data-${seed}`))));
const of = (runs: readonly StudiedRun[], id: string): StudiedRun[] =>
  runs.filter(({ model, method, seed }) => model.id === 'lenet300100' && method?.id === id && seed === 1);

const filled = (pieces: Parameters<typeof pieceChoice>[0], choice: Choice): Choice => pieceChoice(pieces).parse(choice);

describe('the study', () => {
  it('has every method of each network at each of its sparsities, once a seed', () => {
    const runs = all();
    const expected = STUDIED.reduce((sum, own) => sum + 1 + own.methods.length * own.sparsities.length, 0);
    expect(runs).toHaveLength(expected * SEEDS.length);
  });

  it('makes no model twice but for the first round, which is one shot', () => {
    const runs = all().filter(
      ({ method, sparsity, model }) => method?.id !== 'iterative' || sparsity !== model.sparsities[0],
    );
    expect(new Set(runs.map(({ stages }) => stages.at(-1)?.key)).size).toBe(runs.length);
  });

  it('begins each chain with the dense model and ends it with a score, each stage a child of the one before', () => {
    for (const { stages } of all()) {
      expect(stages[0]?.operation.kind).toBe('baseline');
      expect(stages.at(-1)?.operation.kind).toBe('score');
      stages.slice(1).forEach((stage, i) => {
        expect(stage.parent).toBe(stages[i]?.key);
        expect(stage.baseline).toBe(stages[0]?.key);
      });
    }
  });

  it('has every setting of the pieces that it names, as a spec would', () => {
    for (const { operation } of all().flatMap(({ stages }) => stages)) {
      if (operation.kind === 'compress') expect(operation.piece).toEqual(filled(COMPRESSIONS, operation.piece));
      if (operation.kind !== 'prune') continue;
      const { method, schedule } = operation;
      expect(method.criterion).toEqual(filled(CRITERIA, method.criterion));
      expect(schedule).toEqual(filled(SCHEDULES, schedule));
    }
  });

  it('goes from one sparsity to the next in rounds, and shares them', () => {
    const [first, second] = of(all(), 'iterative');
    expect(first?.stages).toHaveLength(3);
    expect(second?.stages).toHaveLength(4);
    expect(second?.stages.slice(0, 2)).toEqual(first?.stages.slice(0, 2));
  });

  it('prunes the initial weights for SNIP, and trains as long as dense model and retraining together', () => {
    const operation = of(all(), 'snip')[0]?.stages[1]?.operation;
    expect(operation).toMatchObject({ kind: 'prune', from: 'start', training: { epochs: 14 } });
  });
});

describe('results', () => {
  it('count whole seeds only, and have no point that a seed could not reach', () => {
    const runs = all();
    const why = ({ method, seed }: StudiedRun): Impossibility | null => {
      if (method?.id === 'snip') return 'unreachable';
      return method?.id === 'lamp' && seed === 2 ? 'diverged' : null;
    };
    const outcomes = new Map(
      runs
        .filter(({ seed }) => seed < 3)
        .concat(runs.filter(({ seed }) => seed === 3).slice(1))
        .map((run): [StudiedRun, Outcome] => {
          const reason = why(run);
          if (reason !== null) return [run, { kind: 'impossible', why: reason }];
          return [run, { kind: 'measured', observation: observed(run.seed / 10) }];
        }),
    );
    const results = resultsOf(runs, outcomes);
    expect(results.seeds).toEqual([1, 2]);
    const [model] = MODELS;
    expect(model && results.point(model, 'dense', 0)?.accuracies).toEqual([0.1, 0.2]);
    expect(model && results.point(model, 'snip', 0.95)).toBeNull();
    expect(model && results.impossibilities(model, 'snip', 0.95)).toEqual(['unreachable']);
    expect(model && results.point(model, 'lamp', 0.95)).toBeNull();
    expect(model && results.impossibilities(model, 'lamp', 0.95)).toEqual(['diverged']);
    expect(model && results.impossibilities(model, 'global', 0.95)).toEqual([]);
  });
});

describe('a run that has no model', () => {
  const temporaryFolder = temporaryFolders();

  it.each([
    ['PRUNEFRONT_SPARSITY_UNREACHABLE', 'unreachable'],
    ['PRUNEFRONT_DIVERGED', 'diverged'],
  ] as const)('given %s, then it is noted as %s and not tried again', async (code, why) => {
    const store = await openFolderStore(await temporaryFolder());
    const [, run] = of(all(), 'global');
    if (run === undefined) throw new Error('there is no run');
    expect(await outcomeOf(store, run)).toBeNull();
    const error = new PrunefrontError(code, 'no model');
    expect(isImpossible(error)).toBe(true);
    await noteImpossible(store, run, error);
    expect(await outcomeOf(store, run)).toEqual({ kind: 'impossible', why });
  });

  it('given another error, then it is a fault', () => {
    expect(isImpossible(new PrunefrontError('PRUNEFRONT_OUT_OF_MEMORY', 'no memory'))).toBe(false);
  });
});

describe('the command line', () => {
  it('has half an hour, all networks and all seeds by default', () => {
    expect(parseOptions([])).toMatchObject({ minutes: 30, seeds: [1, 2, 3], help: false });
    expect(parseOptions(['--models', 'lenet5, lstm64', '--seeds', '2'])).toMatchObject({
      ...{ models: ['lenet5', 'lstm64'], seeds: [2] },
    });
  });

  it.each([
    [['--minutes', 'x'], "--minutes is 'x'; allowed: 0 to 10000"],
    [['--models', 'vgg'], "--models has 'vgg'; allowed: lenet300100"],
    [['--seeds', '4'], "--seeds has '4'; allowed: 1, 2, 3"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
