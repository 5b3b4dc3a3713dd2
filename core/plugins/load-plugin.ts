import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrunefrontError } from '../errors.js';
import type { Piece, Registry } from '../registry/index.js';
import { checkedPiece } from './checked-piece.js';
import { type Plugin, REGISTRIES } from './plugin.js';
import { lackOf } from './whole-piece.js';

/** A piece and where it goes. */
interface Entry {
  readonly registry: Registry;
  readonly piece: Piece;
}

/**
 * Loads an ES module whose default export is a `Plugin` and registers its pieces: all of them, or none.
 * @param file - path of the module; its content, and not what it imports, is what stage keys know it by
 * @throws PrunefrontError `PRUNEFRONT_PLUGIN`
 */
export async function loadPlugin(file: string): Promise<void> {
  const path = resolve(file);
  const { plugin, hash } = await read(path);
  const entries = Object.entries(plugin).flatMap(([kind, list]) => entriesOf(path, kind, list));
  for (const [i, { registry, piece }] of entries.entries()) {
    registry.requireFree(piece.name);
    const isTwice = entries.slice(0, i).some((other) => other.registry === registry && other.piece.name === piece.name);
    if (isTwice) throw unfit(path, `two pieces ${registry.kind} ${piece.name}`, 'names of their own');
  }
  for (const { registry, piece } of entries) registry.register(piece, hash);
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
  throw unfit(path, 'no default export', `export default { ${kinds()} }`);
}

function entriesOf(path: string, kind: string, list: unknown): Entry[] {
  if (!isKind(kind) || !Array.isArray(list)) throw unfit(path, `the key ${kind}`, `lists of ${kinds()}`);
  return list.map((piece: unknown) => {
    const lack = lackOf(kind, piece);
    if (lack === null)
      return { registry: REGISTRIES[kind] as Registry, piece: checkedPiece(kind, piece as Piece, path) };
    const { name } = (piece ?? {}) as Partial<Piece>;
    throw unfit(path, `a piece of ${kind}${name === undefined ? '' : `, ${name},`} without it`, lack);
  });
}

function isKind(key: string): key is keyof Plugin {
  return Object.hasOwn(REGISTRIES, key);
}

function kinds(): string {
  return Object.keys(REGISTRIES).join(', ');
}

function unfit(place: string, found: string, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_PLUGIN', 'The plugin is not whole', { place, found, allowed });
}
