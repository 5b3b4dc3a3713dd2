import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { PrunefrontError } from '../errors.js';
import { nearest } from '../nearest.js';
import { checkDataset, type Dataset, labelError } from './dataset.js';

/**
 * A CSV with a header: one column of labels, all others numbers. Integer labels are taken as they are; others become classes in
 * sorted order.
 */
export async function readCsv({ file, label }: { readonly file: string; readonly label: string }): Promise<Dataset> {
  await access(file).catch((error: NodeJS.ErrnoException) => {
    throw new PrunefrontError('PRUNEFRONT_DATA_NOT_FOUND', 'A data file cannot be read', {
      place: file,
      found: error.code ?? String(error),
    });
  });
  const values: number[] = [];
  const labels: string[] = [];
  let header: string[] | null = null;
  let labelColumn = -1;
  const rows = createReadStream(file).pipe(parse({ info: true, trim: true, skip_empty_lines: true, bom: true }));
  try {
    for await (const { record, info } of rows as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header === null) {
        header = record;
        labelColumn = findLabel(record, label, file);
        continue;
      }
      record.forEach((cell, column) => {
        if (column === labelColumn) labels.push(cell);
        else values.push(parseNumber(cell, file, info.lines, header?.[column] ?? String(column)));
      });
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'A row of the CSV file is ragged or badly quoted', {
      place: `${file}:${String(error['lines'] ?? '?')}`,
      found: error.message,
      ...(header === null ? {} : { allowed: `${header.length} columns` }),
    });
  }
  if (header === null)
    throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'The CSV file is empty', {
      place: file,
      allowed: 'a header line and rows',
    });
  const { classes, indices } = classify(labels, file);
  return checkDataset(
    { x: Float32Array.from(values), exampleShape: [header.length - 1], labels: indices, classes },
    file,
  );
}

function findLabel(header: readonly string[], label: string, file: string): number {
  const column = header.indexOf(label);
  if (column >= 0) return column;
  const near = nearest(label, header);
  throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', `The CSV file has no column ${label}`, {
    place: `${file}:1`,
    found: header.join(', '),
    allowed: label,
    ...(near === null ? {} : { hint: `did you mean ${near}?` }),
  });
}

function parseNumber(cell: string, file: string, line: number, column: string): number {
  const value = cell === '' ? Number.NaN : Number(cell);
  if (Number.isFinite(value)) return value;
  throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'A cell of the CSV file is not a number', {
    place: `${file}:${line}, column ${column}`,
    found: JSON.stringify(cell),
    allowed: 'a finite number',
  });
}

function classify(labels: readonly string[], file: string): { classes: number; indices: Int32Array } {
  const numeric = labels.every((label) => /^-?\d+$/.test(label));
  if (numeric) {
    const indices = Int32Array.from(labels, Number);
    const classes = indices.reduce((most, value) => Math.max(most, value), 0) + 1;
    const bad = indices.findIndex((value) => value < 0);
    if (bad >= 0) throw labelError(file, bad, labels[bad] ?? '', classes);
    return { classes, indices };
  }
  const names = [...new Set(labels)].sort();
  const index = new Map(names.map((name, i) => [name, i]));
  return { classes: names.length, indices: Int32Array.from(labels, (label) => index.get(label) ?? 0) };
}
