import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { methodsTable } from '../../cli/view/methods-table.js';
import { listMethods } from '../../tools/methods.js';

describe('the list of methods', async () => {
  const pieces = await listMethods(undefined);
  const kinds = [...new Set(pieces.map(({ kind }) => kind))];
  const tableOf = (kind: string, columns: number) =>
    stripVTControlCharacters(
      methodsTable(
        kind,
        pieces.filter((piece) => piece.kind === kind),
        columns,
      ),
    );

  it.each([60, 80, 100, 120, 200])(
    'given %i columns, then every line is as wide as fits, and none is cut',
    (columns) => {
      for (const kind of kinds) {
        const lines = tableOf(kind, columns).split('\n');
        const width = Math.min(120, Math.max(80, columns));
        expect(new Set(lines.map(({ length }) => length))).toEqual(new Set([width]));
        expect(lines.join('\n')).not.toContain('…');
      }
    },
  );

  it('given the pieces, then each is there with all that is said of it', () => {
    const words = (text: string) => text.split(/[\s│,]+/).filter((word) => word !== '');
    for (const { kind, name, summary, source, settings } of pieces) {
      const table = words(tableOf(kind, 80));
      for (const word of [name, ...words(summary), ...words(source), ...Object.keys(settings)])
        expect([name, word, table.some((shown) => shown.includes(word))]).toEqual([name, word, true]);
    }
  });

  it('given a metric, then the table says which direction is the better one', () => {
    expect(tableOf('metric', 120)).toMatch(/Mean absolute error.*\n.*less is better/);
    expect(tableOf('metric', 120)).toMatch(/harmonic mean.*\n.*more is better/);
    expect(tableOf('criterion', 120)).not.toContain('is better');
  });

  it('given a piece of a plugin, then the table says so', () => {
    const [piece] = pieces;
    if (piece === undefined) throw new Error('no pieces');
    const table = methodsTable(piece.kind, [{ ...piece, plugin: '0123456789abcdef' }], 100);
    for (const part of ['(plugin', '01234567)']) expect(table).toContain(part);
  });
});
