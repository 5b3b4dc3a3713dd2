import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PrunefrontError } from '../errors.js';
import { modelParameters, toBuiltConfig } from './described-topology.js';
import { type NamedTensor, sizeOf } from './named-tensor.js';
import { parseTopology, type Topology } from './topology.js';

/** Name of the weight file beside model.json. */
export const WEIGHTS_FILE = 'weights.bin';

/** Name of the container of a model beside them; `core/compression/container/format.ts` says what is in it. */
export const CONTAINER_FILE = 'model.pfc';

interface WeightEntry {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: string;
}

interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightEntry[];
}

/** A tfjs LayersModel in memory, its weights in the order of its layers. */
export interface LayersModel {
  readonly topology: Topology;
  readonly weights: readonly NamedTensor[];
}

/**
 * Reads a saved tfjs LayersModel: its model.json and the weight files that it names.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_NOT_FOUND`, `PRUNEFRONT_MODEL_FORMAT`, `PRUNEFRONT_MODEL_UNSUPPORTED`
 */
export async function readModelFile(path: string): Promise<LayersModel> {
  const json = (await read(path)).toString('utf8');
  const shards = await Promise.all(shardPaths(weightGroups(parseJson(json, path), path), path).map(read));
  return parseModel(json, Buffer.concat(shards), path);
}

/**
 * A LayersModel from the text of its model.json and the bytes of its weight files, one after the other.
 * @param path - where it is from, for errors
 * @throws PrunefrontError `PRUNEFRONT_MODEL_FORMAT`, `PRUNEFRONT_MODEL_UNSUPPORTED`
 */
export function parseModel(text: string, bytes: Buffer, path: string): LayersModel {
  const json = parseJson(text, path);
  const topology = parseTopology(json);
  const entries = weightGroups(json, path).flatMap(({ weights }) => weights);
  const needed = entries.reduce((sum, { shape }) => sum + sizeOf(shape) * 4, 0);
  const other = entries.find(({ dtype }) => dtype !== 'float32');
  if (other !== undefined) throw formatError(path, `${other.name} of type ${other.dtype}`, 'weights of type float32');
  if (bytes.length !== needed)
    throw formatError(path, `${bytes.length} bytes of weights`, `${needed} bytes, as its weightsManifest says`);
  return { topology, weights: inModelOrder(topology, entries, bytes, path) };
}

/**
 * The graph that the bytes of a model.json tell of.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_FORMAT`, `PRUNEFRONT_MODEL_UNSUPPORTED`
 */
export function topologyIn(modelJson: Uint8Array): Topology {
  return parseTopology(parseJson(Buffer.from(modelJson).toString('utf8'), 'model.json'));
}

/**
 * The weight files that a saved LayersModel names.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_NOT_FOUND`, `PRUNEFRONT_MODEL_FORMAT`
 */
export async function weightFiles(path: string): Promise<string[]> {
  return shardPaths(weightGroups(parseJson((await read(path)).toString('utf8'), path), path), path);
}

/** The two files of a tfjs LayersModel folder. */
export function modelFiles(
  topology: Topology,
  weights: readonly NamedTensor[],
): { modelJson: string; weightsBin: Uint8Array } {
  const manifest = weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const modelJson = JSON.stringify({
    format: 'layers-model',
    generatedBy: 'Prunefront',
    convertedBy: null,
    modelTopology: { keras_version: 'tfjs-layers', backend: 'tensor_flow.js', ...toBuiltConfig(topology) },
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: manifest }],
  });
  return { modelJson, weightsBin: weightBytes(weights) };
}

/** All weights as float32, one after the other: what a LayersModel's weight file holds. */
export function weightBytes(weights: readonly NamedTensor[]): Uint8Array {
  return Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)));
}

function weightGroups(json: Record<string, unknown>, path: string): readonly WeightGroup[] {
  const manifest = json['weightsManifest'];
  if (!Array.isArray(manifest) || manifest.length === 0) {
    throw formatError(
      path,
      'a model.json without weights',
      'modelTopology with a weightsManifest, as `model.save` writes it',
    );
  }
  if (manifest.every(isGroup)) return manifest;
  throw formatError(
    path,
    'a weightsManifest of another form',
    'groups of paths and of weights with name, shape and dtype',
  );
}

function shardPaths(groups: readonly WeightGroup[], path: string): string[] {
  return groups.flatMap(({ paths }) => paths).map((name) => join(dirname(path), name));
}

function isGroup(value: unknown): value is WeightGroup {
  const { paths, weights } = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof WeightGroup, unknown>
  >;
  return (
    Array.isArray(paths) &&
    paths.every((name) => typeof name === 'string') &&
    Array.isArray(weights) &&
    weights.every(isEntry)
  );
}

function isEntry(value: unknown): value is WeightEntry {
  const { name, shape, dtype } = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof WeightEntry, unknown>
  >;
  return (
    typeof name === 'string' &&
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.every((n) => Number.isInteger(n) && n >= 0)
  );
}

/** tfjs lists trainable weights first; ours come layer by layer. */
function inModelOrder(topology: Topology, entries: readonly WeightEntry[], bytes: Buffer, path: string): NamedTensor[] {
  const byName = new Map<string, { shape: number[]; values: Float32Array }>();
  let offset = 0;
  for (const { name, shape } of entries) {
    const size = sizeOf(shape) * 4;
    const copy = Uint8Array.prototype.slice.call(bytes, offset, offset + size);
    byName.set(plainName(name), { shape, values: new Float32Array(new Uint8Array(copy).buffer) });
    offset += size;
  }
  return modelParameters(topology).map(({ fullName, shape }) => {
    const found = byName.get(fullName);
    if (found === undefined) throw formatError(path, `no weight ${fullName}`, [...byName.keys()].join(', '));
    if (found.shape.join() !== shape.join())
      throw formatError(path, `${fullName} of shape [${found.shape.join(', ')}]`, `[${shape.join(', ')}]`);
    return { name: fullName, ...found };
  });
}

/**
 * `conv2d_Conv2D1/kernel` and `lstm/lstm_cell/kernel:0` are `conv2d/kernel` and `lstm/kernel`; the two directions of a layer keep their names:
 * `bidirectional/forward_lstm/lstm_cell/kernel:0` is `bidirectional/forward_lstm/kernel`.
 */
function plainName(name: string): string {
  const parts = name.replace(/:0$/, '').split('/');
  const [layer = '', direction = ''] = parts;
  const weight = (parts.at(-1) ?? '').replace(/_\d+$/, '');
  return /^(forward|backward)_/.test(direction) ? `${layer}/${direction}/${weight}` : `${layer}/${weight}`;
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new PrunefrontError(
      'PRUNEFRONT_MODEL_NOT_FOUND',
      'A model file cannot be read',
      { place: path, found: (error as NodeJS.ErrnoException).code ?? String(error) },
      { cause: error },
    );
  }
}

function parseJson(text: string, path: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The parser quotes what it met, which of a binary file nobody can read.
    const found = isBinary(text) ? 'a binary file, not JSON' : `no JSON: ${String(error)}`;
    throw formatError(path, found, 'the model.json of a tfjs LayersModel');
  }
  if (typeof json !== 'object' || json === null)
    throw formatError(path, text.trim().slice(0, 80), 'the model.json of a tfjs LayersModel');
  return json as Record<string, unknown>;
}

/** Whether a file read as UTF-8 has bytes that no text has. */
function isBinary(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text);
}

function formatError(place: string, found: string, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_MODEL_FORMAT', 'The file is not a tfjs LayersModel with its weights', {
    place,
    found,
    allowed,
  });
}
