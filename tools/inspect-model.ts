import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PrunefrontError } from '../core/errors.js';
import { inspectTopology, type ModelInspection } from '../core/models/inspection.js';
import { MODELS } from '../core/models/zoo/index.js';
import { loadPlugins } from '../core/plugins/load-plugin.js';
import type { ModelSource } from '../core/sweep/spec.js';
import { loadModel, namedModel } from '../core/training/calibration/calibration.js';

export type { ModelInspection };

/**
 * Looks at a model of the zoo, or at that of a model.json or of the folder that has one.
 * @param plugins - files, separated by commas
 * @throws PrunefrontError `PRUNEFRONT_PLUGIN`, `PRUNEFRONT_MODEL_NOT_FOUND`, `PRUNEFRONT_MODEL_FORMAT`, `PRUNEFRONT_MODEL_UNSUPPORTED`,
 *   `PRUNEFRONT_IMPOSSIBLE_SHAPE`
 */
export async function inspectModel(model: string, plugins?: string): Promise<ModelInspection> {
  await loadPlugins(plugins);
  return inspectTopology(model, (await loadModel(await sourceOf(model))).topology);
}

/** A name of the zoo before a file, a file before a misspelt name. */
async function sourceOf(text: string): Promise<ModelSource> {
  if (MODELS.names().includes(text)) return { zoo: text };
  const file = (await kindOf(text)) === 'folder' ? join(text, 'model.json') : text;
  if ((await kindOf(file)) !== null) return { file };
  const named = namedModel(file);
  if ('zoo' in named) return named;
  throw new PrunefrontError('PRUNEFRONT_MODEL_NOT_FOUND', 'There is no such model file', {
    place: file,
    found: 'nothing',
    hint: 'name a model.json, the folder that has it, or a model of the zoo, which prunefront methods lists',
  });
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return null;
  }
}
