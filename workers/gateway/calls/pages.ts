import { PrunefrontError } from '../../../core/errors.js';

/** A part of a list, as a caller asks for it. */
export interface PageRequest {
  /** Items wanted; 0 is the default. */
  readonly pageSize: number;
  /** Token of the part before; empty for the first. */
  readonly pageToken: string;
}

const DEFAULT_SIZE = 100;
const LARGEST_SIZE = 1000;

/**
 * A part of a sorted list of names. The token is the last name of the part before, so that what is added or goes meanwhile shifts nothing.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` for a size below 0 or too large
 */
export function pageOf(
  names: readonly string[],
  { pageSize, pageToken }: PageRequest,
): { readonly names: string[]; readonly nextPageToken: string } {
  if (pageSize < 0 || pageSize > LARGEST_SIZE) {
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'A list has no parts of this size', {
      place: 'page_size',
      found: String(pageSize),
      allowed: `0 to ${LARGEST_SIZE}`,
    });
  }
  const rest = pageToken === '' ? names : names.filter((name) => name > pageToken);
  const size = pageSize === 0 ? DEFAULT_SIZE : pageSize;
  const part = rest.slice(0, size);
  return { names: part, nextPageToken: rest.length > size ? (part.at(-1) ?? '') : '' };
}
