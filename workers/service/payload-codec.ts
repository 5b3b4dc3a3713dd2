import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { PrunefrontError } from '../../core/errors.js';
import type { PayloadKeys } from './payload-keys.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ENCODING = Buffer.from('binary/encrypted');
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/**
 * Encrypts what Temporal stores with AES-256-GCM: bytes are the nonce, the whole payload encrypted, and the tag, with the id of the key in
 * the metadata and authenticated. What is not encrypted, from before the keys, stays as it is.
 */
export class EncryptingCodec implements PayloadCodec {
  constructor(private readonly keys: PayloadKeys) {}

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.encrypt(payload));
  }

  /** @throws PrunefrontError `PRUNEFRONT_PAYLOAD_KEYS` where the key is not known, or another one than the one that encrypted */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (isEncrypted(payload) ? this.decrypt(payload) : payload));
  }

  private encrypt(payload: Payload): Payload {
    const id = Buffer.from(this.keys.current);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key(this.keys.current), iv).setAAD(id);
    const sealed = Buffer.concat([cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()]);
    return {
      metadata: { encoding: ENCODING, 'encryption-key-id': id },
      data: Buffer.concat([iv, sealed, cipher.getAuthTag()]),
    };
  }

  private decrypt({ metadata, data }: Payload): Payload {
    const id = Buffer.from(metadata?.['encryption-key-id'] ?? []);
    const bytes = Buffer.from(data ?? []);
    const key = this.key(id.toString());
    try {
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES)).setAAD(id);
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const opened = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
      const { metadata: inside, data: content } = PayloadMessage.decode(Buffer.concat(opened));
      return { metadata: inside ?? null, data: content ?? null };
    } catch (cause) {
      throw new PrunefrontError(
        'PRUNEFRONT_PAYLOAD_KEYS',
        'A payload was not encrypted with this key, or it was changed',
        { place: id.toString(), hint: 'give the same keys to all processes' },
        { cause },
      );
    }
  }

  private key(id: string): Buffer {
    const key = this.keys.keys.get(id);
    if (key !== undefined) return key;
    throw new PrunefrontError('PRUNEFRONT_PAYLOAD_KEYS', 'A payload was encrypted with a key that is not known', {
      ...{ found: id, allowed: [...this.keys.keys.keys()].join(', ') },
      hint: 'keep a key in the file for as long as Temporal has what it encrypted',
    });
  }
}

function isEncrypted({ metadata }: Payload): boolean {
  return Buffer.compare(metadata?.['encoding'] ?? Buffer.alloc(0), ENCODING) === 0;
}
