import { PrunefrontError } from '../errors.js';

/**
 * Gives the errors of a full or read-only disk their codes.
 * @param what - what is at the place, for people
 * @throws PrunefrontError `PRUNEFRONT_STORE_FULL`, `PRUNEFRONT_STORE_READ_ONLY`
 */
export async function guardDisk<T>(place: string, what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
      throw new PrunefrontError(
        'PRUNEFRONT_STORE_FULL',
        `The ${what} has no space left`,
        { place, hint: 'free space, then run the same command again' },
        { cause: error },
      );
    }
    if (code !== undefined && ['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'ENOENT'].includes(code)) {
      throw new PrunefrontError(
        'PRUNEFRONT_STORE_READ_ONLY',
        `The ${what} cannot be written`,
        { place, found: code },
        { cause: error },
      );
    }
    throw error;
  }
}
