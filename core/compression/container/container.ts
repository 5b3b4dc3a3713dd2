import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PrunefrontError } from '../../errors.js';
import { parseTopology, type Topology, toKerasConfig } from '../../models/topology.js';
import type { CompressedModel } from '../model.js';
import { CHECKSUM, corrupt, type Header, MAGIC, PREFIX, VERSION } from './format.js';
import { parseHeader } from './header.js';
import { readTensor, writeTensor } from './tensors.js';

/** What a container holds: a model as it runs. */
export type ContainedModel = Pick<CompressedModel, 'topology' | 'weights' | 'activations'>;

/** A model to be written; the integers of its encodings are used where they give the weights bit for bit. */
type WrittenModel = ContainedModel & Pick<CompressedModel, 'encodings'>;

/** The model as a container; `format.ts` says what its bytes are. What is read back is bit for bit what was given. */
export function encodeContainer({ topology, weights, activations, encodings }: WrittenModel): Uint8Array {
  const tensors = weights.map((weight) => writeTensor(weight, encodings.get(weight.name)?.quantized ?? null));
  const header: Header = {
    topology: toKerasConfig(topology),
    tensors: tensors.map(({ entry }) => entry),
    activations: Object.fromEntries(activations),
  };
  const text = deflateRawSync(JSON.stringify(header), { level: 9 });
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32LE(VERSION, 0);
  numbers.writeUInt32LE(text.length, 4);
  const content = Buffer.concat([MAGIC, numbers, text, ...tensors.map(({ payload }) => payload)]);
  return Buffer.concat([content, checksum(content)]);
}

/**
 * The model of a container.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT` where the bytes are not a whole one
 */
export function decodeContainer(bytes: Uint8Array): ContainedModel {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = file.length - CHECKSUM;
  if (end < PREFIX || !file.subarray(0, MAGIC.length).equals(MAGIC)) throw corrupt('another beginning');
  if (!file.subarray(end).equals(checksum(file.subarray(0, end)))) throw corrupt('another checksum than its own');
  const version = file.readUInt32LE(MAGIC.length);
  if (version !== VERSION) throw corrupt(`version ${version}`);
  const headerEnd = PREFIX + file.readUInt32LE(MAGIC.length + 4);
  if (headerEnd > end) throw corrupt('a header that is cut off');
  const { topology, tensors, activations } = parseHeader(inflated(file.subarray(PREFIX, headerEnd)));
  const needed = tensors.reduce((sum, entry) => sum + entry.bytes, 0);
  if (needed !== end - headerEnd) throw corrupt(`payloads of ${end - headerEnd} bytes in place of ${needed}`);
  let at = headerEnd;
  const weights = tensors.map((entry) => {
    const payload = file.subarray(at, at + entry.bytes);
    at += entry.bytes;
    return readTensor(entry, payload);
  });
  return { topology: topologyOf(topology), weights, activations: new Map(Object.entries(activations)) };
}

function checksum(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

function inflated(header: Uint8Array): string {
  try {
    return inflateRawSync(header).toString('utf8');
  } catch (error) {
    throw corrupt('a header that cannot be inflated', error);
  }
}

function topologyOf(config: unknown): Topology {
  try {
    return parseTopology(config);
  } catch (error) {
    throw error instanceof PrunefrontError ? corrupt(`a topology that is none: ${error.message}`, error) : error;
  }
}
