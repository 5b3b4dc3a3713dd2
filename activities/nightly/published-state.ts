import { PrunefrontError } from '../../core/errors.js';
import { parseModel, WEIGHTS_FILE } from '../../core/models/model-file.js';
import type { Manifest } from '../../core/nightly/manifest.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { storeLayersModel } from '../../core/training/stages/initial-state.js';

/**
 * Puts a published model into the store as a state that a stage starts from; returns its blob key.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_*` where a file of it is damaged or gone
 */
export async function publishedState(store: ArtifactStore, { name, version, files }: Manifest): Promise<string> {
  const bytesOf = async (fileName: string): Promise<Uint8Array> => {
    const file = files.find((each) => each.name === fileName);
    if (file !== undefined) return store.getBlob(file.sha256);
    throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', `The published version has no ${fileName}`, {
      place: `${name} version ${version}`,
    });
  };
  const [json, weights] = await Promise.all([bytesOf('model.json'), bytesOf(WEIGHTS_FILE)]);
  const place = `${name} version ${version}`;
  return storeLayersModel(parseModel(Buffer.from(json).toString('utf8'), Buffer.from(weights), place), store);
}
