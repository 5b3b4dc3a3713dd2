import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { EncryptingCodec } from '../../../workers/service/payload-codec.js';
import { type PayloadKeys, readPayloadKeys } from '../../../workers/service/payload-keys.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();
const OLD = randomBytes(32);
const NEW = randomBytes(32);

const keys = (current: string, known: Record<string, Buffer>): PayloadKeys => ({
  current,
  keys: new Map(Object.entries(known)),
});
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value) as Payload;
const plain = (payloads: readonly Payload[]): unknown[] =>
  payloads.map((each) => defaultPayloadConverter.fromPayload(each));
const only = ([first]: readonly Payload[]): Payload => {
  if (first === undefined) throw new Error('there is no payload');
  return first;
};

describe('payloads that Temporal stores', () => {
  it('given any, then nothing of them can be read, equal ones differ, and they come back as they were', async () => {
    const codec = new EncryptingCodec(keys('a', { a: OLD }));
    const encoded = await codec.encode([payload('secret'), payload('secret'), payload({ deep: ['secret'] })]);
    expect(Buffer.concat(encoded.map(({ data }) => data ?? Buffer.alloc(0))).includes('secret')).toBe(false);
    expect(new Set(encoded.map(({ data }) => Buffer.from(data ?? []).toString('hex'))).size).toBe(3);
    expect(Object.entries(only(encoded).metadata ?? {}).map(([name, bytes]) => [name, String(bytes)])).toEqual([
      ['encoding', 'binary/encrypted'],
      ['encryption-key-id', 'a'],
    ]);
    expect(plain(await codec.decode(encoded))).toEqual(['secret', 'secret', { deep: ['secret'] }]);
  });

  it('given a new key, then it encrypts, and what the old one encrypted can be read until that one is taken away', async () => {
    const before = await new EncryptingCodec(keys('old', { old: OLD })).encode([payload('x')]);
    const both = new EncryptingCodec(keys('new', { old: OLD, new: NEW }));
    expect(plain(await both.decode(before))).toEqual(['x']);
    const after = await both.encode([payload('y')]);
    expect(String(only(after).metadata?.['encryption-key-id'])).toBe('new');
    const later = new EncryptingCodec(keys('new', { new: NEW }));
    expect(plain(await later.decode(after))).toEqual(['y']);
    const { facts } = await errorOf('PRUNEFRONT_PAYLOAD_KEYS', () => later.decode(before));
    expect(facts).toMatchObject({ found: 'old', allowed: 'new' });
  });

  it('given payloads from before there were keys, then they stay readable', async () => {
    expect(plain(await new EncryptingCodec(keys('a', { a: OLD })).decode([payload(7)]))).toEqual([7]);
  });

  it.each([
    [
      'a changed byte',
      (sealed: Payload) => Buffer.from(sealed.data ?? []).map((byte, i) => (i === 14 ? byte ^ 1 : byte)),
    ],
    ['a truncated one', (sealed: Payload) => Buffer.from(sealed.data ?? []).subarray(0, 20)],
    ['an empty one', () => Buffer.alloc(0)],
  ])('given %s, then it is a typed error and never wrong text', async (_, damage) => {
    const codec = new EncryptingCodec(keys('a', { a: OLD }));
    const sealed = only(await codec.encode([payload('x'.repeat(40))]));
    await errorOf('PRUNEFRONT_PAYLOAD_KEYS', () => codec.decode([{ ...sealed, data: damage(sealed) }]));
  });
});

describe('a file of payload keys', () => {
  const write = async (text: string): Promise<string> => {
    const file = join(await temporaryFolder(), 'keys.json');
    await writeFile(file, text);
    return file;
  };
  const KEY = OLD.toString('base64');

  it('given a current key and others, then all are known', async () => {
    const { current, keys: known } = readPayloadKeys(
      await write(JSON.stringify({ current: 'b', keys: { a: KEY, b: KEY } })),
    );
    expect([current, [...known.keys()], known.get('a')]).toEqual(['b', ['a', 'b'], OLD]);
  });

  it.each([
    ['a key of the wrong length', JSON.stringify({ current: 'a', keys: { a: 'c2hvcnQ=' } }), '5 bytes'],
    ['a current key that is not there', JSON.stringify({ current: 'b', keys: { a: KEY } }), 'b'],
    ['what is no JSON', `not ${KEY}`, 'no JSON'],
    ['a missing part', JSON.stringify({ keys: { a: KEY } }), 'current'],
  ])('given %s, then it is refused, and no key is quoted', async (_, text, found) => {
    const file = await write(text);
    const error = await errorOf('PRUNEFRONT_PAYLOAD_KEYS', () => readPayloadKeys(file));
    expect(error.facts).toMatchObject({ place: file, found });
    expect(JSON.stringify(error.toData())).not.toContain(KEY);
  });

  it('given a file that is not there, then it is refused', async () => {
    const { facts } = await errorOf('PRUNEFRONT_PAYLOAD_KEYS', () => readPayloadKeys('/nowhere/keys.json'));
    expect(facts).toMatchObject({ found: 'ENOENT' });
  });
});
