import Table from 'cli-table3';
import pc from 'picocolors';
import type { RegisteredPiece } from '../../tools/methods.js';

/** Characters that a table has around and between three columns. */
const BORDERS = 4;
/** Spaces on both sides of what a cell says. */
const PADDING = 2;
const NARROWEST = 80;
const WIDEST = 120;
const SOURCE_WIDTH = 26;

/**
 * The pieces of one kind: name, what it does with its settings below, and source; as wide as the terminal, from 80 to 120 columns.
 * @param kind - `criterion`
 */
export function methodsTable(kind: string, pieces: readonly RegisteredPiece[], columns: number): string {
  const longest = Math.max(kind.length, ...pieces.map(({ name }) => name.length));
  const [name, source] = [longest + PADDING, SOURCE_WIDTH];
  const summary = Math.min(WIDEST, Math.max(NARROWEST, columns)) - name - source - BORDERS;
  const table = new Table({
    head: [pc.bold(kind), pc.bold('what it does'), pc.bold('source')],
    colWidths: [name, summary, source],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const piece of pieces) table.push([piece.name, linesOf(piece).join('\n'), sourceOf(piece)]);
  return table.toString();
}

function linesOf({ summary, settings, better }: RegisteredPiece): string[] {
  const told = Object.entries(settings).map(([key, setting]) =>
    setting.default === undefined ? key : `${key}=${setting.default ?? 'by itself'}`,
  );
  const direction = better === undefined ? [] : [`${better} is better`];
  const below = [...direction, ...told].join(', ');
  return below === '' ? [summary] : [summary, pc.dim(below)];
}

function sourceOf({ source, plugin }: RegisteredPiece): string {
  return plugin === null ? source : `${source} (plugin ${plugin.slice(0, 8)})`;
}
