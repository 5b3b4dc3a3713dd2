import { describe, expect, it } from 'vitest';
import { framesOf, middleFrame, plainText, styledLines } from '../../tools/pictures/live-frames.js';
import { replaceBlock } from '../../tools/pictures/marked-block.js';
import { printedResult } from '../../tools/pictures/result-block.js';
import { terminalPage } from '../../tools/pictures/terminal-page.js';

const ESCAPE = '\u001b';
const ERASE = `${ESCAPE}[2K${ESCAPE}[1A${ESCAPE}[2K${ESCAPE}[G`;
const frame = (ended: number, slots = 1): string =>
  `${ESCAPE}[1mdemo${ESCAPE}[22m  ${ESCAPE}[32msearching${ESCAPE}[39m  ${ended} of 27 candidates\r\n${'slot 0  x\r\n'.repeat(slots)}`;

describe('the frames of a live view', () => {
  const recording = ['heading\r\n', frame(1), frame(13), frame(13, 2), frame(26), `done\r\n│ a │\r\n`].join(ERASE);

  it('given a recording, then it falls apart where the view was erased', () => {
    expect(framesOf(recording).map((each) => plainText(each).split('\n')[0])).toEqual([
      'heading',
      'demo  searching  1 of 27 candidates',
      'demo  searching  13 of 27 candidates',
      'demo  searching  13 of 27 candidates',
      'demo  searching  26 of 27 candidates',
      'done',
    ]);
  });

  it('given several frames, then the middle one with the most slots is taken', () => {
    expect(middleFrame(framesOf(recording))).toBe(framesOf(recording)[3]);
  });

  it('given a sweep that had ended before, then there is none', () => {
    expect(middleFrame(['demo  done  27 of 27 candidates'])).toBe(null);
  });

  it('given styles, then they hold until they are taken back, across lines', () => {
    const lines = styledLines(`${ESCAPE}[2m${ESCAPE}[36ma\nb${ESCAPE}[39mc${ESCAPE}[0md`);
    const dim = { bold: false, dim: true };
    expect(lines).toEqual([
      [{ text: 'a', colour: 'cyan', ...dim }],
      [
        { text: 'b', colour: 'cyan', ...dim },
        { text: 'c', colour: null, ...dim },
        { text: 'd', colour: null, bold: false, dim: false },
      ],
    ]);
  });

  it('given text that looks like HTML, then the page shows it as text', () => {
    expect(terminalPage([[{ text: 'a<b>&', colour: null, bold: false, dim: false }]])).toContain(
      '<pre>a&lt;b>&amp;</pre>',
    );
  });
});

describe('the printed result', () => {
  it('given the end of a demo, then its table and its selection are read, styles aside', () => {
    const output = `98 % │   ●\n┌──┐\n│   │ gzip │\n├──┤\n│ ${ESCAPE}[1mc1 *${ESCAPE}[22m │ 2 kB │\n└──┘\n\n${ESCAPE}[1mSelected c1${ESCAPE}[22m: why\n`;
    expect(printedResult(output)).toEqual({
      rows: [
        ['', 'gzip'],
        ['c1 *', '2 kB'],
      ],
      selection: 'Selected c1: why',
    });
  });

  it('given no table, then it says so', () => {
    expect(() => printedResult('nothing')).toThrow('no table');
  });
});

describe('a marked block', () => {
  it('given both marks, then only what is between them changes', () => {
    expect(replaceBlock('a\n<!-- x:begin, by y -->\nold\n<!-- x:end -->\nb', 'x', 'new')).toBe(
      'a\n<!-- x:begin, by y -->\nnew\n<!-- x:end -->\nb',
    );
  });

  it('given a missing mark, then nothing is written', () => {
    expect(() => replaceBlock('<!-- x:begin -->', 'x', '')).toThrow('x:begin');
  });
});
