import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../core/store/canonical-json.js';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '../../../core/store/safetensors.js';
import { errorOf } from '../../support/errors.js';

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const tensor: fc.Arbitrary<TensorData> = fc
  .tuple(
    shape,
    fc.constantFrom('float32' as const, 'int32' as const, 'uint8' as const),
    fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
  )
  .map(([size, dtype, values]) => {
    const count = size.reduce((product, n) => product * n, 1);
    const numbers = Array.from({ length: count }, () => Number(values.next().value));
    if (dtype === 'float32') return { dtype, shape: size, data: Float32Array.from(numbers, (n) => n / 7 - 9) };
    if (dtype === 'int32') return { dtype, shape: size, data: Int32Array.from(numbers, (n) => n * 1e6 - 9e7) };
    return { dtype, shape: size, data: Uint8Array.from(numbers) };
  });
const name = fc
  .string({ minLength: 1, unit: 'grapheme' })
  .filter((text) => text !== '__metadata__' && text !== '__proto__');
const file = fc.tuple(
  fc.array(fc.tuple(name, tensor), { maxLength: 6 }),
  fc.dictionary(name, fc.string({ unit: 'grapheme' })),
);

describe('safetensors', () => {
  it('given any tensors and metadata, then they come back, from an unaligned place too', () => {
    fc.assert(
      fc.property(file, fc.integer({ min: 0, max: 7 }), ([entries, metadata], offset) => {
        const tensors = new Map(entries);
        const bytes = encodeSafetensors(tensors, metadata);
        const moved = new Uint8Array(bytes.length + offset);
        moved.set(bytes, offset);
        const decoded = decodeSafetensors(moved.subarray(offset));
        expect(decoded.metadata).toEqual({ ...metadata });
        expect(new Map([...decoded.tensors].sort(([a], [b]) => (a < b ? -1 : 1)))).toEqual(
          new Map([...tensors].sort(([a], [b]) => (a < b ? -1 : 1))),
        );
      }),
    );
  });

  it('given not a number, infinities and minus zero, then their bits stay', () => {
    const data = Float32Array.from([Number.NaN, Infinity, -Infinity, -0, 1e-45]);
    const decoded = decodeSafetensors(encodeSafetensors(new Map([['w', { dtype: 'float32', shape: [5], data }]]), {}));
    expect(decoded.tensors.get('w')?.data).toEqual(data);
  });

  it('given the file of one tensor, then it is what the format says', () => {
    const bytes = Buffer.from(
      encodeSafetensors(new Map([['a', { dtype: 'uint8', shape: [2], data: Uint8Array.from([5, 6]) }]]), { k: 'v' }),
    );
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.toString('utf8', 8, 8 + length))).toEqual({
      __metadata__: { k: 'v' },
      a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] },
    });
    expect([...bytes.subarray(8 + length)]).toEqual([5, 6]);
  });

  it('given any cut of a file, then it is corrupt and nothing else', async () => {
    const whole = encodeSafetensors(
      new Map([['w', { dtype: 'float32', shape: [3], data: Float32Array.from([1, 2, 3]) }]]),
      { note: 'x' },
    );
    for (let length = 0; length < whole.length; length++)
      await errorOf('PRUNEFRONT_ARTIFACT_CORRUPT', () => decodeSafetensors(whole.subarray(0, length)));
  });

  it.each([
    'null',
    '3',
    '{}',
    '{"a":null}',
    '{"a":{}}',
    '{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}',
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}',
    '{"a":{"dtype":"U8","shape":[15],"data_offsets":[0,15]}}',
    '{"a":{"dtype":"U8","shape":[15],"data_offsets":[1,16]}}',
    '{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]},"b":{"dtype":"U8","shape":[8],"data_offsets":[8,16]}}',
    '{"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},"__metadata__":[]}',
    '{"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},"__metadata__":{"k":1}}',
  ])('given the header %s over 16 bytes, then it is corrupt', async (header) => {
    const bytes = Buffer.alloc(8 + header.length + 16);
    bytes.writeBigUInt64LE(BigInt(header.length));
    bytes.write(header, 8);
    await errorOf('PRUNEFRONT_ARTIFACT_CORRUPT', () => decodeSafetensors(bytes));
  });
});

describe('canonical JSON', () => {
  it('given equal values with keys in any order, then the text is equal, and it parses to the value', () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.stringify(JSON.parse(canonicalJson(value)))).toBe(
          JSON.stringify(JSON.parse(canonicalJson(reversed))),
        );
      }),
    );
  });

  it('given undefined, then the key is left out', () => {
    expect(canonicalJson({ b: undefined, a: { d: 1, c: [true, null] } })).toBe('{"a":{"c":[true,null],"d":1}}');
  });
});
