import { inspectTopology, type ModelInspection } from '../core/models/inspection.js';
import { loadPlugins } from '../core/plugins/load-plugin.js';
import { loadModel, namedModel } from '../core/training/calibration/calibration.js';

export type { ModelInspection };

/**
 * Looks at a model of the zoo, or at that of a model.json.
 * @param plugins - files, separated by commas
 * @throws PrunefrontError `PRUNEFRONT_PLUGIN`, `PRUNEFRONT_MODEL_NOT_FOUND`, `PRUNEFRONT_MODEL_FORMAT`, `PRUNEFRONT_MODEL_UNSUPPORTED`,
 *   `PRUNEFRONT_IMPOSSIBLE_SHAPE`
 */
export async function inspectModel(model: string, plugins?: string): Promise<ModelInspection> {
  await loadPlugins(plugins);
  return inspectTopology(model, (await loadModel(namedModel(model))).topology);
}
