import { describe, expect, it } from 'vitest';
import { pageOf } from '../../../workers/gateway/pages.js';
import { errorOf } from '../../support/errors.js';

const page = (list: string, pageToken: string) =>
  pageOf(list, ['a', 'b', 'c'], { pageSize: 2, pageToken }, (item) => item, 'ascending');

describe('a part of a list', () => {
  it('given the token of the part before, then it goes on there; given none more, then there is no token', () => {
    const { items, nextPageToken } = page('nodes', '');
    expect(items).toEqual(['a', 'b']);
    expect(page('nodes', nextPageToken)).toEqual({ items: ['c'], nextPageToken: '' });
  });

  it.each([
    ['another list', page('sweeps', '').nextPageToken],
    ['a list whose name begins alike', page('node', '').nextPageToken],
    ['no list', Buffer.from('a').toString('base64url')],
    ['no gateway', 'nonsense'],
  ])('given a token of %s, then it is refused by name', async (_, token) => {
    const { facts } = await errorOf('PRUNEFRONT_REQUEST', async () => page('nodes', token));
    expect(facts).toMatchObject({ place: 'page_token', found: token });
  });
});
