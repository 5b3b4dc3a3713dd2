import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrunefrontError } from '../../core/errors.js';

/** Why a Temporal server does not come up on a state folder, from the last line of its log. */
export function temporalFailure(state: string): PrunefrontError {
  const place = join(state, 'logs', 'temporal.log');
  const found = lastLine(place);
  if (/disk is full|no space left/i.test(found)) return storeFailure('PRUNEFRONT_STORE_FULL', state, found);
  if (/readonly database|read-only file system/i.test(found))
    return storeFailure('PRUNEFRONT_STORE_READ_ONLY', state, found);
  return new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'The Temporal server does not start', {
    place,
    found,
    hint: 'prunefront doctor says what is missing',
  });
}

/** An error of the start with its code where a disk is full or read-only. */
export function startFailure(error: unknown, state: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return storeFailure('PRUNEFRONT_STORE_FULL', state, code);
  if (['EROFS', 'EACCES', 'EPERM'].includes(code)) return storeFailure('PRUNEFRONT_STORE_READ_ONLY', state, code);
  return error;
}

function storeFailure(
  code: 'PRUNEFRONT_STORE_FULL' | 'PRUNEFRONT_STORE_READ_ONLY',
  place: string,
  found: string,
): PrunefrontError {
  return code === 'PRUNEFRONT_STORE_FULL'
    ? new PrunefrontError(code, 'The state folder has no space left', {
        place,
        found,
        hint: 'free space, then try again',
      })
    : new PrunefrontError(code, 'The state folder cannot be written', { place, found, hint: 'choose another --state' });
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  } catch {
    return 'no log';
  }
}
