import { availableParallelism, cpus, totalmem } from 'node:os';
import type { SweepResult } from '../../core/sweep/result.js';
import { plainText } from './live-frames.js';

/** What the demo printed at its end. */
export interface PrintedResult {
  /** Cells of the front's table, its headings first. */
  readonly rows: readonly (readonly string[])[];
  /** Which candidate was selected and why. */
  readonly selection: string;
}

/** Reads the end of a demo's output. */
export function printedResult(output: string): PrintedResult {
  const lines = plainText(output).split('\n');
  const rows = lines
    .filter((line) => line.startsWith('│') && line.endsWith('│'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('│')
        .map((cell) => cell.trim()),
    );
  const selection = lines.find((line) => /^(Selected|Nothing selected)\b/.test(line));
  if (rows.length < 2 || selection === undefined) throw new Error('the demo printed no table of its front');
  return { rows, selection };
}

/** The block of README.md that shows a finished demo: its table as printed, and what it was measured on. */
export function resultBlock({ rows, selection }: PrintedResult, result: SweepResult): string {
  const [head = [], ...body] = rows;
  const table = [
    head,
    head.map((_, column) => (column < 2 ? '---' : '---:')),
    ...body.map((cells) => (cells[0]?.endsWith('*') === true ? cells.map(bold) : cells)),
  ];
  return `${table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n${selection}\n\n${measuredOn(result)}`;
}

function bold(cell: string): string {
  return cell === '' ? '' : `**${cell.replace(/ \*$/, '')}**`;
}

/** In a sentence, what the numbers were measured on. */
function measuredOn({ rows, startedAt, finishedAt }: SweepResult): string {
  const [dense] = rows.flatMap((row) => (row.status === 'ok' ? [row.observation] : []));
  if (dense === undefined) throw new Error('the demo measured nothing');
  const minutes = ((Date.parse(finishedAt) - Date.parse(startedAt)) / 60_000).toFixed(1);
  const versions = Object.entries(dense.versions).map(([name, version]) => `${name} ${version}`);
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
  return `The sweep took ${minutes} minutes on ${machine}; device: ${dense.device}; versions: ${versions.join(', ')}. Accuracy is decided by the seeds, and by how the kind of processor rounds; time and latency differ from machine to machine.`;
}
