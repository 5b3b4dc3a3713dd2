import { loadPlugins } from '../core/plugins/load-plugin.js';
import { type RegisteredPiece, registeredPieces } from '../core/plugins/registered-pieces.js';

export type { RegisteredPiece };

/**
 * All pieces that specs can name, those of plugins included.
 * @param plugins - files, separated by commas
 * @throws PrunefrontError `PRUNEFRONT_PLUGIN`
 */
export async function listMethods(plugins: string | undefined): Promise<RegisteredPiece[]> {
  await loadPlugins(plugins);
  return registeredPieces();
}
