import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPlugin } from '../../../core/plugins/load-plugin.js';
import { type RegisteredPiece, registeredPieces } from '../../../core/plugins/registered-pieces.js';
import { EXAMPLES } from '../spec/parse.js';

/** One line that begins with a capital, or with the word of a spec that it explains, and ends with a full stop. */
const SENTENCES = /^[A-Z`][^\n]*[^.\s]\.$/;

describe('what pieces say of themselves', () => {
  let pieces: RegisteredPiece[];
  beforeAll(async () => {
    await loadPlugin(join(EXAMPLES, 'plugin', 'plugin.mjs'));
    pieces = registeredPieces();
  });

  it('given every built-in piece and those of the example of a plugin, then its summary is whole sentences', () => {
    expect(pieces.map(({ name }) => name)).toContain('relativeMagnitude');
    expect(pieces.filter(({ summary }) => !SENTENCES.test(summary)).map(({ summary }) => summary)).toEqual([]);
  });

  it('given every setting of them, then so is its description', () => {
    const descriptions = pieces.flatMap(({ settings }) =>
      Object.values(settings).map(({ description }) => description),
    );
    expect(descriptions.filter((description) => !SENTENCES.test(description))).toEqual([]);
  });

  it('given where they come from, then it is a name or several, and no sentence', () => {
    expect(pieces.filter(({ source }) => !/^\S[^\n]*[^.\s]$/.test(source)).map(({ source }) => source)).toEqual([]);
  });
});
