import type { ActivationGrid } from '../quantization/fake-quantization.js';
import { corrupt, type Header, type TensorEntry, type Values } from './format.js';

/**
 * The header of a container from its text, every field checked.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT`
 */
export function parseHeader(text: string): Header {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw corrupt('a header that is no JSON', error);
  }
  const { topology, tensors, activations } = fieldsOf<Header>(header);
  if (!Array.isArray(tensors) || !tensors.every(isEntry)) throw corrupt('a header whose tensors are of no known form');
  if (!isRecord(activations) || !Object.values(activations).every(isGrid))
    throw corrupt('a header whose activations are of no known form');
  return { topology, tensors, activations: activations as Header['activations'] };
}

function isEntry(value: unknown): value is TensorEntry {
  const { name, shape, positions, count, values, coding, size, bytes } = fieldsOf<TensorEntry>(value);
  return (
    typeof name === 'string' &&
    Array.isArray(shape) &&
    shape.every(isCount) &&
    ['all', 'bitmap', 'gaps'].includes(positions as string) &&
    [count, size, bytes].every(isCount) &&
    isValues(values) &&
    ['stored', 'deflate', 'brotli'].includes(coding as string)
  );
}

function isValues(value: unknown): value is Values {
  const { kind, ...rest } = fieldsOf<Values>(value);
  switch (kind) {
    case 'float32':
      return true;
    case 'codebook': {
      const { entries, width } = fieldsOf<Extract<Values, { kind: 'codebook' }>>(rest);
      return isCount(entries) && isWidth(width);
    }
    case 'integers': {
      const { channels, width } = fieldsOf<Extract<Values, { kind: 'integers' }>>(rest);
      const { count, inner } = fieldsOf<{ count: number; inner: number }>(channels);
      return isFormat(rest) && isWidth(width) && [count, inner].every((each) => isCount(each) && each > 0);
    }
    default:
      return false;
  }
}

function isGrid(value: unknown): value is ActivationGrid {
  const { scale, zeroPoint } = fieldsOf<ActivationGrid>(value);
  return isFormat(value) && typeof scale === 'number' && scale > 0 && isCount(zeroPoint);
}

function isFormat(value: unknown): boolean {
  const { scheme, bits } = fieldsOf<ActivationGrid>(value);
  return (scheme === 'symmetric' || scheme === 'asymmetric') && isWidth(bits) && bits >= 2;
}

function isWidth(value: unknown): value is number {
  return isCount(value) && value >= 1 && value <= 16;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields that a value may have, each of them still unknown. */
function fieldsOf<T>(value: unknown): Partial<Record<keyof T, unknown>> {
  return (isRecord(value) ? value : {}) as Partial<Record<keyof T, unknown>>;
}
