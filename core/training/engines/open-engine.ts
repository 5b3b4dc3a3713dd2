import { createHash } from 'node:crypto';
import type { PreparedData } from '../../datasets/prepare.js';
import { createJudge } from '../../evaluation/judges/index.js';
import { SCORING_BATCH } from '../../evaluation/score-examples.js';
import type { NamedTensor } from '../../models/named-tensor.js';
import { prunableKernels } from '../../models/prunable.js';
import { type Topology, toKerasConfig } from '../../models/topology.js';
import { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import { canonicalJson } from '../../store/canonical-json.js';
import type { Augment, OptimizerSpec, TrainingObjective } from '../../sweep/spec.js';
import { createObjective } from '../objectives/index.js';
import { createOptimizer } from '../optimizers/index.js';
import { during, isProfiled } from '../profile/profile.js';
import { profiledEngine } from '../profile/profiled-engine.js';
import { RESIDENT, streamed, valuesOf } from './batch-source.js';
import { compileNetwork } from './compile-network.js';
import { CompiledEngine } from './compiled-engine.js';
import { EagerEngine } from './eager-engine.js';
import type { Engine, SlotValues } from './engine.js';
import type { ProgramCache } from './program-cache.js';

/** What an engine trains with; the same for every shape that a stage's model takes. */
export interface EngineSettings {
  readonly tf: Tf;
  readonly data: PreparedData;
  /** Key of the data set in the store: programs that hold it are told apart by it. */
  readonly dataset: string;
  readonly optimizer: OptimizerSpec;
  readonly batchSize: number;
  readonly augment?: Augment;
  /** Of convolutions and matrix products in compiled training; absent is float32. */
  readonly precision?: 'float32' | 'bfloat16';
  /** What the spec asks of the objective; absent is the plain one. */
  readonly objective?: TrainingObjective;
  /** Whether kernels are pruned weight by weight. */
  readonly masksKernels: boolean;
  /** Milliseconds that a call of the compiled step should last: progress, checkpoints and cancellation wait for it. */
  readonly callMs: number;
  /** Programs that this process keeps; null runs eagerly. */
  readonly programs: ProgramCache | null;
}

/** What an engine starts with beside weights; those of weights that are not named are zero, and one. */
export interface EngineStart {
  readonly slots: SlotValues;
  readonly masks: ReadonlyMap<string, Uint8Array>;
}

const FRESH: EngineStart = { slots: new Map(), masks: new Map() };

/**
 * The engine for a model: compiled where it can be, else eager. Its weights are `weights`.
 * @throws PrunefrontError `PRUNEFRONT_IMPOSSIBLE_SHAPE`, `PRUNEFRONT_MODEL_FORMAT`
 */
export async function openEngine(
  topology: Topology,
  weights: readonly NamedTensor[],
  settings: EngineSettings,
  { slots, masks }: EngineStart = FRESH,
): Promise<Engine> {
  const bare = await engineOf(topology, weights, settings);
  const engine = isProfiled() ? profiledEngine(bare) : bare;
  if (engine.eagerBecause === null) engine.writeWeights(new Map(weights.map(({ name, values }) => [name, values])));
  engine.writeSlots(slots);
  engine.mask(masks);
  return engine;
}

/** An eager one has its weights, slots of zero and no masks; a compiled one has what its program was left with. */
async function engineOf(
  topology: Topology,
  weights: readonly NamedTensor[],
  settings: EngineSettings,
): Promise<Engine> {
  const { tf, data, programs } = settings;
  const optimizer = createOptimizer(settings.optimizer);
  const bytes = valuesOf(data).reduce((sum, { byteLength }) => sum + byteLength, 0);
  const isResident = bytes <= (programs?.residentLimit ?? 0);
  const objective = createObjective(settings.objective ?? {}, data);
  const judge = createJudge(settings.objective?.task, data);
  const key = programKey(topology, settings, isResident);
  const masked = settings.masksKernels ? prunableKernels(topology).map(({ weight }) => weight) : [];
  const known = programs?.peek(key);
  const network = known !== undefined && 'program' in known ? null : await Network.build(tf, topology, weights);
  const compiled =
    programs?.get(key, () => {
      if (network === null) throw new Error('a program that was there is gone');
      const compileSettings = { ...settings, objective, judge, masked, isResident };
      return during('compile', () => compileNetwork(tf, network, data, compileSettings), { program: key });
    }) ?? ({ eagerBecause: 'it is asked to run eagerly' } as const);
  if ('program' in compiled) {
    network?.dispose();
    const source = isResident ? RESIDENT : streamed(data, Math.max(SCORING_BATCH, settings.batchSize));
    return new CompiledEngine(compiled.program, source, optimizer, judge, settings.callMs);
  }
  const { eagerBecause } = compiled;
  return new EagerEngine(tf, network as Network, optimizer, data, objective, judge, eagerBecause, settings.augment);
}

/** Hash of everything that a program's graph depends on; learning rates are fed. */
function programKey(topology: Topology, settings: EngineSettings, isResident: boolean): string {
  const { dataset, optimizer, batchSize, objective = {}, masksKernels, augment, precision } = settings;
  const [[kind, numbers] = ['', {}]] = Object.entries(optimizer);
  const { learningRate: _, ...constants } = numbers as Record<string, unknown>;
  const parts = {
    topology: toKerasConfig(topology),
    dataset,
    kind,
    constants,
    batchSize,
    objective,
    masksKernels,
    augment: augment ?? null,
    precision: precision ?? null,
    isResident,
  };
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}
