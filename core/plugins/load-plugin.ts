import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrunefrontError } from '../errors.js';
import type { Piece, Registry } from '../registry/index.js';
import { type Plugin, REGISTRIES } from './plugin.js';

/**
 * Loads an ES module whose default export is a `Plugin` and registers its pieces: all of them, or none.
 * @param file - path of the module; its content, and not what it imports, is what stage keys know it by
 * @throws PrunefrontError `PRUNEFRONT_PLUGIN`
 */
export async function loadPlugin(file: string): Promise<void> {
  const path = resolve(file);
  const { plugin, hash } = await read(path);
  const pieces = Object.entries(plugin).flatMap(([kind, list]) => {
    const registry = Object.hasOwn(REGISTRIES, kind) ? REGISTRIES[kind as keyof Plugin] : undefined;
    if (registry === undefined || !Array.isArray(list))
      throw unfit(path, `the key ${kind}`, `lists of ${Object.keys(REGISTRIES).join(', ')}`);
    return list.map((piece: unknown) => ({ registry: registry as Registry, piece: whole(path, kind, piece) }));
  });
  for (const { registry, piece } of pieces) registry.requireFree(piece.name);
  for (const { registry, piece } of pieces) registry.register(piece, hash);
}

/** Loads plugins one after the other; a list of files as a setting has it, separated by commas. */
export async function loadPlugins(files: string | undefined): Promise<void> {
  for (const file of (files ?? '').split(',').filter((name) => name !== '')) await loadPlugin(file);
}

async function read(path: string): Promise<{ readonly plugin: object; readonly hash: string }> {
  try {
    const hash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    if (typeof module.default === 'object' && module.default !== null) return { plugin: module.default, hash };
  } catch (error) {
    throw new PrunefrontError(
      'PRUNEFRONT_PLUGIN',
      'The plugin cannot be loaded',
      { place: path, found: error instanceof Error ? error.message : String(error), allowed: 'an ES module' },
      { cause: error },
    );
  }
  throw unfit(path, 'no default export', `export default { ${Object.keys(REGISTRIES).join(', ')} }`);
}

/** A piece that has what every piece has. */
function whole(path: string, kind: string, piece: unknown): Piece {
  const { name, summary, source, settings } = (piece ?? {}) as Partial<Piece>;
  const texts = [name, summary, source];
  if (
    texts.every((text) => typeof text === 'string' && text !== '') &&
    typeof settings === 'object' &&
    settings !== null
  )
    return piece as Piece;
  throw unfit(
    path,
    `${kind} with ${Object.keys((piece ?? {}) as object).join(', ')}`,
    'name, summary, source, settings',
  );
}

function unfit(place: string, found: string, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_PLUGIN', 'The plugin is not whole', { place, found, allowed });
}
