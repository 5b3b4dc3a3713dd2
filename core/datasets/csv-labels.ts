import { PrunefrontError } from '../errors.js';
import { MOST_CLASSES } from './dataset.js';
import { Growing } from './growing.js';

/** A column of labels: each different text once, with where it came first. */
export class LabelTexts {
  readonly texts = new Map<string, { readonly id: number; readonly place: string }>();
  readonly ids = new Growing((length) => new Int32Array(length));

  push(text: string, place: () => string): void {
    let known = this.texts.get(text);
    if (known === undefined) {
      known = { id: this.texts.size, place: place() };
      if (text === '' || known.id === MOST_CLASSES) throw refused(text, known.place);
      this.texts.set(text, known);
    }
    this.ids.push(known.id);
  }
}

/**
 * The classes of a column. Numbers are classes themselves, `2.0` as well as `2`; a fraction is refused rather than taken for a name,
 * because it is most likely the target of a regression.
 * @throws PrunefrontError `PRUNEFRONT_DATA_LABEL`
 */
export function classesOf({ texts, ids }: LabelTexts): { labels: Int32Array; classes: number } {
  const names = [...texts.keys()];
  const ofId = new Int32Array(names.length);
  if (names.every((name) => Number.isFinite(Number(name)))) {
    for (const [name, { id, place }] of texts) {
      const label = Number(name);
      if (!Number.isInteger(label) || label < 0 || label >= MOST_CLASSES) throw refused(name, place);
      ofId[id] = label;
    }
  } else {
    names.sort().forEach((name, i) => {
      ofId[texts.get(name)?.id ?? 0] = i;
    });
  }
  return {
    labels: ids.done().map((id) => ofId[id] ?? 0),
    classes: ofId.reduce((most, label) => Math.max(most, label), -1) + 1,
  };
}

function refused(text: string, place: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_DATA_LABEL', 'A label of the CSV file is no class', {
    place,
    found: JSON.stringify(text),
    allowed: `an integer from 0 to ${MOST_CLASSES - 1}, or names of at most ${MOST_CLASSES} classes`,
  });
}
