import { describe, expect, it } from 'vitest';
import { addressOf, isLoopback } from '../../../workers/service/address.js';
import { errorOf } from '../../support/errors.js';

describe('an address to listen at', () => {
  it.each([
    ['127.0.0.1:7400', { host: '127.0.0.1', port: 7400 }, true],
    ['localhost:0', { host: 'localhost', port: 0 }, true],
    ['[::1]:7400', { host: '::1', port: 7400 }, true],
    ['0.0.0.0:7400', { host: '0.0.0.0', port: 7400 }, false],
    ['[::]:7400', { host: '::', port: 7400 }, false],
    ['gateway.example:7400', { host: 'gateway.example', port: 7400 }, false],
  ])('given %s, then it is host and port', (text, address, loopback) => {
    expect(addressOf('--listen', text)).toEqual(address);
    expect(isLoopback(address)).toBe(loopback);
  });

  it.each(['', '127.0.0.1', '127.0.0.1:', ':7400', '7400', '::1:7400', '127.0.0.1:70000', '127.0.0.1:7400:1', 'a b:1'])(
    'given %s, then nothing is filled in, and it is refused by its flag',
    async (text) => {
      const { facts } = await errorOf('PRUNEFRONT_USAGE', () => addressOf('--http', text));
      expect(facts).toMatchObject({ place: '--http', found: text });
    },
  );
});
