import { PrunefrontError } from '../../core/errors.js';
import {
  type CalibrationSubject,
  DEFAULT_OPTIMIZER,
  loadModel,
  namedModel,
} from '../../core/training/calibration/calibration.js';
import type { Settings } from '../service/settings.js';
import type { NODE_WORKER } from './settings.js';
import type { AskedSlots } from './slots-and-threads.js';

type NodeSettings = Settings<typeof NODE_WORKER.table>;

/**
 * Slots and threads as the settings of a node ask for them.
 * @throws PrunefrontError `PRUNEFRONT_USAGE`
 */
export function askedSlots(settings: NodeSettings): AskedSlots {
  const asked = (name: 'slots' | 'threads'): number | null =>
    settings.text(name) === 'auto' ? null : settings.whole(name);
  return { slots: asked('slots'), threads: asked('threads') };
}

/**
 * Whether `precision: auto` of a spec is bfloat16 on a node as its settings have it; null leaves it to a calibration.
 * @throws PrunefrontError `PRUNEFRONT_USAGE`
 */
export function askedBfloat16(settings: NodeSettings): boolean | null {
  const asked = settings.text('auto-precision');
  if (asked === 'auto') return null;
  if (asked === 'float32' || asked === 'bfloat16') return asked === 'bfloat16';
  throw new PrunefrontError('PRUNEFRONT_USAGE', 'There is no such precision', {
    ...{ place: settings.place('auto-precision'), found: asked, allowed: 'float32, bfloat16 or auto' },
  });
}

/**
 * The model that a node is told to calibrate with, or null.
 * @throws PrunefrontError `PRUNEFRONT_USAGE`, `PRUNEFRONT_MODEL_*`
 */
export async function calibrationSubject(settings: NodeSettings): Promise<CalibrationSubject | null> {
  const named = settings.text('calibrate-for') ?? '';
  const batchSize = settings.whole('calibrate-batch');
  if (named === '') return null;
  const model = namedModel(named);
  // A name that is wrong shows now, and not as a choice that nobody made.
  await loadModel(model);
  return { model, batchSize, optimizer: DEFAULT_OPTIMIZER };
}
