import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { PrunefrontError } from '../../core/errors.js';

/** Bytes of a key of AES-256. */
const KEY_BYTES = 32;
const FORM = '{ "current": "ID", "keys": { "ID": "32 bytes in base64" } }';

/** The keys that payloads are encrypted with: the current one encrypts, all decrypt. */
export interface PayloadKeys {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

const FILE = z.strictObject({ current: z.string().min(1), keys: z.record(z.string().min(1), z.string()) });

/**
 * Reads a file of keys.
 * @throws PrunefrontError `PRUNEFRONT_PAYLOAD_KEYS` where it cannot be read, a key has the wrong length, or the current one is missing
 */
export function readPayloadKeys(file: string): PayloadKeys {
  const { current, keys: texts } = readFile(file);
  const keys = new Map(Object.entries(texts).map(([id, text]) => [id, Buffer.from(text, 'base64')]));
  for (const [id, { length }] of keys) {
    if (length !== KEY_BYTES)
      throw wrong(file, `The payload key ${id} has the wrong length`, {
        ...{ found: `${length} bytes`, allowed: `${KEY_BYTES} bytes in base64` },
        hint: 'openssl rand -base64 32',
      });
  }
  if (keys.has(current)) return { current, keys };
  throw wrong(file, 'The current payload key is not among the keys', {
    found: current,
    allowed: [...keys.keys()].join(', '),
  });
}

function readFile(file: string): z.infer<typeof FILE> {
  try {
    return FILE.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // Only where it is wrong: what a parser quotes could be a key.
    const found =
      error instanceof z.ZodError ? error.issues.map(({ path }) => path.join('.')).join(', ') : nameOf(error);
    throw wrong(file, 'The file of payload keys cannot be read', { found, allowed: FORM });
  }
}

function nameOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'no JSON';
  return error instanceof Error && 'code' in error ? String(error.code) : 'an error';
}

function wrong(
  place: string,
  message: string,
  facts: { readonly found: string; readonly allowed: string; readonly hint?: string },
): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_PAYLOAD_KEYS', message, { place, ...facts });
}
