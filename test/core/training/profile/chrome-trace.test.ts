import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChromeTrace, traceFile } from '../../../../core/training/profile/chrome-trace.js';
import { during, profileTo, span, storeSpan, within } from '../../../../core/training/profile/profile.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args?: object;
}

const temporaryFolder = temporaryFolders(afterAll);
let file: string;

/** The file as it is now, without what names process and threads. */
function events(): Event[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as Event[]).filter(({ ph }) => ph !== 'M');
}

describe('the trace of a process', () => {
  beforeEach(async () => {
    file = traceFile(join(await temporaryFolder(), 'new'), 'node 1/0', 7);
    profileTo(new ChromeTrace(file, 'trainer node 1/0'));
  });
  afterEach(() => profileTo(null));

  it('given a slot with a name that is no file name, then its file has one', () => {
    expect(file).toMatch(/\/node-1-0\.7\.trace\.json$/);
  });

  it('given spans within spans, when they are open and when they have ended, then the file is whole JSON at every moment', () => {
    const endStage = span('stage', { stage: 'é' });
    expect(events()).toMatchObject([{ name: 'stage', ph: 'B', args: { stage: 'é' } }]);
    during('steps', () => expect(events().map(({ ph }) => ph)).toEqual(['B', 'B']), { steps: 8 });
    endStage();
    expect(events().map(({ name, ph }) => `${ph} ${name}`)).toEqual(['B stage', 'B steps', 'E steps', 'E stage']);
    const times = events().map(({ ts }) => ts);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('given work that fails, then its span has ended all the same', async () => {
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => during('verify', fail)).toThrow('no');
    await expect(within('checkpoint', async () => fail())).rejects.toThrow('no');
    expect(events().map(({ ph }) => ph)).toEqual(['B', 'E', 'B', 'E']);
  });

  it('given reads of the store that overlap, then each is a whole span on a track of its own', () => {
    const [first, second] = [storeSpan('store read', { key: 'a' }), storeSpan('store read', { key: 'b' })];
    first();
    second();
    const found = events();
    expect(found.map(({ ph, tid, args }) => ({ ph, tid, args }))).toEqual([
      { ph: 'X', tid: 2, args: { key: 'a' } },
      { ph: 'X', tid: 2, args: { key: 'b' } },
    ]);
    expect(found.every(({ dur }) => dur !== undefined && dur >= 0)).toBe(true);
  });

  it('given no profile, when spans begin and end, then nothing is written', () => {
    profileTo(null);
    span('stage')();
    expect(during('steps', () => 3)).toBe(3);
    expect(events()).toEqual([]);
  });
});
