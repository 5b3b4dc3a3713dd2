import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { PrunefrontError } from '../errors.js';
import { nearest } from '../nearest.js';
import { textOf } from '../registry/index.js';
import type { TaskName } from '../sweep/task.js';
import { classesOf, LabelTexts } from './csv-labels.js';
import { checkDataset, type Dataset, unlabelled } from './dataset.js';
import { Growing } from './growing.js';
import type { Reader } from './reader.js';

/** A CSV file. */
export const CSV: Reader = {
  name: 'csv',
  summary:
    'A CSV file with a header: a column of labels, all others numbers. Labels are whole numbers from 0, or names, which become classes in sorted order; for a regression any numbers.',
  source: 'RFC 4180',
  settings: {
    file: { kind: 'file', description: 'The CSV file.' },
    label: { kind: 'text', description: 'Name of the column that holds the labels.' },
  },
  read: (settings, task) => readCsv({ file: textOf(settings, 'file'), label: textOf(settings, 'label') }, task),
};

interface Row {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** What a column of labels becomes: read cell by cell, then of all examples at once. */
interface LabelColumn {
  push(cell: string, place: () => string): void;
  done(): Pick<Dataset, 'labels' | 'classes' | 'targets'>;
}

/**
 * A CSV with a header: one column of labels, all others finite numbers. It is read as a stream. Labels that are whole numbers are
 * taken as they are; where they are names, those become classes in sorted order. A regression reads them as its targets.
 */
export async function readCsv(
  { file, label }: { readonly file: string; readonly label: string },
  task: TaskName = 'classification',
): Promise<Dataset> {
  const values = new Growing((length) => new Float32Array(length));
  const labels = LABEL_COLUMNS[task]();
  let header: string[] = [];
  let labelColumn = -1;
  const take = ({ record, info: { lines } }: Row): void => {
    if (labelColumn < 0) {
      header = record;
      labelColumn = findLabel(record, label, file);
      return;
    }
    record.forEach((cell, column) => {
      const place = (): string => `${file}:${lines}:${column + 1} ${header[column]}`;
      if (column === labelColumn) labels.push(cell, place);
      else values.push(parseNumber(cell, place));
    });
  };
  const rows = parse({ info: true, trim: true, skip_empty_lines: true, bom: true });
  // `pipe` does not hand errors on, and `pipeline` may answer with an AbortError in place of what `take` throws.
  const input = createReadStream(file).on('error', (error) => rows.destroy(error));
  try {
    for await (const row of input.pipe(rows) as AsyncIterable<Row>) take(row);
  } catch (error) {
    throw readingError(error, file, header);
  } finally {
    input.destroy();
  }
  if (labelColumn < 0)
    throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'The CSV file is empty', {
      place: file,
      allowed: 'a header line and rows',
    });
  return checkDataset({ x: values.done(), exampleShape: [header.length - 1], ...labels.done() }, file);
}

const LABEL_COLUMNS: Readonly<Record<TaskName, () => LabelColumn>> = {
  classification() {
    const texts = new LabelTexts();
    return { push: (cell, place) => texts.push(cell, place), done: () => classesOf(texts) };
  },
  regression() {
    const values = new Growing((length) => new Float32Array(length));
    return {
      push: (cell, place) => values.push(parseNumber(cell, place)),
      done() {
        const all = values.done();
        return { ...unlabelled(all.length), targets: { values: all, shape: [1] } };
      },
    };
  },
  reconstruction() {
    let examples = 0;
    return {
      push() {
        examples += 1;
      },
      done: () => unlabelled(examples),
    };
  },
};

function readingError(error: unknown, file: string, header: readonly string[]): unknown {
  if (error instanceof CsvError) {
    return new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'A row of the CSV file is ragged or badly quoted', {
      place: `${file}:${String(error['lines'] ?? '?')}`,
      found: error.message,
      ...(header.length === 0 ? {} : { allowed: `${header.length} columns` }),
    });
  }
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const found = (error as NodeJS.ErrnoException).code ?? error.message;
  return new PrunefrontError(
    'PRUNEFRONT_DATA_NOT_FOUND',
    'A data file cannot be read',
    { place: file, found },
    { cause: error },
  );
}

function findLabel(header: readonly string[], label: string, file: string): number {
  const refuse = (message: string, allowed: string): PrunefrontError =>
    new PrunefrontError('PRUNEFRONT_DATA_FORMAT', message, {
      place: `${file}:1`,
      found: header.join(', '),
      allowed,
    });
  const column = header.indexOf(label);
  if (column < 0) {
    const near = nearest(label, header);
    throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', `The CSV file ${file} has no column ${label}`, {
      place: 'dataset.csv.label',
      found: label,
      allowed: header.join(', '),
      ...(near === null ? {} : { hint: `did you mean ${near}?` }),
    });
  }
  if (header.lastIndexOf(label) !== column)
    throw refuse(`The CSV file has several columns ${label}`, 'one column of that name');
  if (header.length === 1)
    throw refuse('The CSV file has no column beside its labels', `${label} and at least one column of numbers`);
  return column;
}

function parseNumber(cell: string, place: () => string): number {
  // As it will be stored: 1e39 is infinite there.
  const value = cell === '' ? Number.NaN : Math.fround(Number(cell));
  if (Number.isFinite(value)) return value;
  throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'A cell of the CSV file is not a number', {
    place: place(),
    found: JSON.stringify(cell),
    allowed: 'a finite number that float32 can hold',
  });
}
