import { PrunefrontError } from '../../core/errors.js';

/** Which part of a list is asked for. */
export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

/** A part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Empty after the last part. */
  readonly nextPageToken: string;
}

const DEFAULT_SIZE = 100;
const LARGEST_SIZE = 1000;

/**
 * The part of a sorted list that a request asks for. A token names the last item that was told, so that items which come or go in between
 * neither repeat nor hide another one.
 * @param list - name of the list, without a colon; the tokens of one list are none of another
 * @param items - in the order of their keys
 * @param keyOf - what they are sorted by; unique
 * @throws PrunefrontError `PRUNEFRONT_REQUEST`
 */
export function pageOf<T>(
  list: string,
  items: readonly T[],
  { pageSize, pageToken }: PageRequest,
  keyOf: (item: T) => string,
  order: 'ascending' | 'descending',
): Page<T> {
  if (pageSize < 0 || pageSize > LARGEST_SIZE) {
    const facts = { place: 'page_size', found: String(pageSize), allowed: `0 to ${LARGEST_SIZE}` };
    throw new PrunefrontError('PRUNEFRONT_REQUEST', 'There is no such size of a page', facts);
  }
  const after = pageToken === '' ? null : keyOfToken(list, pageToken);
  const isLater = (key: string): boolean => after === null || (order === 'ascending' ? key > after : key < after);
  const rest = items.filter((item) => isLater(keyOf(item)));
  const part = rest.slice(0, pageSize === 0 ? DEFAULT_SIZE : pageSize);
  const last = part.at(-1);
  const isWhole = part.length === rest.length || last === undefined;
  return { items: part, nextPageToken: isWhole ? '' : tokenOf(list, keyOf(last)) };
}

function tokenOf(list: string, key: string): string {
  return Buffer.from(`${list}:${key}`).toString('base64url');
}

function keyOfToken(list: string, token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  const key = text.slice(list.length + 1);
  if (tokenOf(list, key) === token) return key;
  throw new PrunefrontError('PRUNEFRONT_REQUEST', 'This is no token of a page of this list', {
    ...{ place: 'page_token', found: token, allowed: 'next_page_token of the page before, or nothing' },
  });
}
