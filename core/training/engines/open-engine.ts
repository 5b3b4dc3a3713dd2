import { createHash } from 'node:crypto';
import type { PreparedData } from '../../datasets/prepare.js';
import { createJudge } from '../../evaluation/judges/index.js';
import { SCORING_BATCH } from '../../evaluation/score-examples.js';
import { type NamedTensor, valuesByName } from '../../models/named-tensor.js';
import { prunableKernels } from '../../models/prunable.js';
import { type Topology, toKerasConfig } from '../../models/topology.js';
import { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import { canonicalJson } from '../../store/canonical-json.js';
import type { Augment, OptimizerSpec, TrainingObjective } from '../../sweep/spec.js';
import { type CompressedRun, runConstants } from '../compression/compressed-network.js';
import { createObjective, type Objective, teacherWeights } from '../objectives/index.js';
import { createOptimizer, type LearningRateFactor } from '../optimizers/index.js';
import { during, isProfiled } from '../profile/profile.js';
import { profiledEngine } from '../profile/profiled-engine.js';
import { RESIDENT, streamed, valuesOf } from './batch-source.js';
import { compileNetwork } from './compile-network.js';
import { CompiledEngine } from './compiled-engine.js';
import { EagerEngine } from './eager-engine.js';
import type { Engine, SlotValues } from './engine.js';
import type { ProgramCache } from './program-cache.js';

/** What an engine trains with; the same for every shape that a stage's model takes. */
export interface EngineSettings extends CompressedRun {
  readonly tf: Tf;
  readonly data: PreparedData;
  /** Key of the data set in the store: programs that hold it are told apart by it. */
  readonly dataset: string;
  readonly optimizer: OptimizerSpec;
  /** Whether the last slot of each weight adds up movement, for the criterion of that name; `movementOf` reads it. */
  readonly tracksMovement?: boolean;
  readonly batchSize: number;
  readonly augment?: Augment;
  /** Of convolutions and matrix products in compiled training; absent is float32. */
  readonly precision?: 'float32' | 'bfloat16';
  /** What the learning rate is multiplied with at each step; absent leaves it as it is. */
  readonly learningRateFactor?: LearningRateFactor;
  /** Who teaches the model beside the labels, and how; absent is nobody. */
  readonly distillation?: DistillationSettings;
  /** What the spec asks of the objective; absent is the plain one. */
  readonly objective?: TrainingObjective;
  /** Whether kernels are pruned weight by weight. */
  readonly masksKernels: boolean;
  /** Milliseconds that a call of the compiled step should last: progress, checkpoints and cancellation wait for it. */
  readonly callMs: number;
  /** Programs that this process keeps; null runs eagerly. */
  readonly programs: ProgramCache | null;
}

/** A model whose outputs are targets (Hinton et al. 2015). */
export interface DistillationSettings {
  readonly teacher: { readonly topology: Topology; readonly weights: readonly NamedTensor[] };
  readonly temperature: number;
  /** Share of the teacher in the loss, 0 to 1. */
  readonly alpha: number;
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
  // A program that others used has the weights of theirs, and of their teacher.
  const taught = teacherWeights(settings.distillation?.teacher.weights ?? []);
  if (engine.eagerBecause === null) engine.writeWeights(valuesByName([...weights, ...taught]));
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
  const optimizer = createOptimizer(settings.optimizer, settings);
  const bytes = valuesOf(data).reduce((sum, { byteLength }) => sum + byteLength, 0);
  const isResident = bytes <= (programs?.residentLimit ?? 0);
  const judge = createJudge(settings.objective?.task, data, settings.objective?.metrics);
  const key = programKey(topology, settings, isResident);
  const masked = settings.masksKernels ? prunableKernels(topology).map(({ weight }) => weight) : [];
  const known = programs?.peek(key);
  const parts = known !== undefined && 'program' in known ? null : await partsOf(topology, weights, settings);
  const compiled =
    programs?.get(key, () => {
      if (parts === null) throw new Error('a program that was there is gone');
      const { network, objective } = parts;
      const compileSettings = { ...settings, objective, judge, masked, isResident };
      return during('compile', () => compileNetwork(tf, network, data, compileSettings), { program: key });
    }) ?? ({ eagerBecause: 'it is asked to run eagerly' } as const);
  if ('program' in compiled) {
    parts?.network.dispose();
    parts?.objective.distillation?.teacher.dispose();
    const source = isResident ? RESIDENT : streamed(data, Math.max(SCORING_BATCH, settings.batchSize));
    return new CompiledEngine(compiled.program, source, optimizer, judge, settings.callMs);
  }
  if (parts === null) throw new Error('there is neither a program nor a network');
  const { network, objective } = parts;
  const { eagerBecause } = compiled;
  return new EagerEngine(tf, network, optimizer, data, objective, judge, eagerBecause, settings);
}

/** What runs eagerly, or is compiled. */
async function partsOf(
  topology: Topology,
  weights: readonly NamedTensor[],
  { tf, data, objective = {}, distillation, activations }: EngineSettings,
): Promise<{ readonly network: Network; readonly objective: Objective }> {
  const plain = createObjective(objective, data);
  const network = await Network.build(tf, topology, weights, activations);
  if (distillation === undefined) return { network, objective: plain };
  const { teacher, temperature, alpha } = distillation;
  const built = await Network.build(tf, teacher.topology, teacher.weights);
  return { network, objective: { ...plain, distillation: { teacher: built, temperature, alpha } } };
}

/** Hash of everything that a program's graph depends on; learning rates are fed, and a teacher's weights are written as those of the model. */
function programKey(topology: Topology, settings: EngineSettings, isResident: boolean): string {
  const { optimizer, tracksMovement = false, batchSize, objective = {}, distillation } = settings;
  const { masksKernels, augment, precision } = settings;
  const [[kind, numbers] = ['', {}]] = Object.entries(optimizer);
  const { learningRate: _, ...constants } = numbers as Record<string, unknown>;
  return graphKey(topology, settings, {
    kind,
    constants,
    tracksMovement,
    batchSize,
    objective,
    distillation: distillation === undefined ? null : teaching(distillation),
    masksKernels,
    augment: augment ?? null,
    precision: precision ?? null,
    isResident,
  });
}

/**
 * Hash of what any graph of a network on a data set depends on.
 * @param parts - what else a program of its depends on
 */
export function graphKey(
  topology: Topology,
  settings: Pick<EngineSettings, 'dataset' | 'encodings' | 'activations'>,
  parts: unknown = null,
): string {
  const { dataset } = settings;
  const all = { topology: toKerasConfig(topology), dataset, compression: runConstants(settings), parts };
  return createHash('sha256').update(canonicalJson(all)).digest('hex');
}

function teaching({ teacher, temperature, alpha }: DistillationSettings): unknown {
  return { topology: toKerasConfig(teacher.topology), temperature, alpha };
}
