import type { ErrorData } from '../../../core/errors.js';

/** What an error has to say; a place may be a pattern. */
export interface Expected extends Omit<Partial<ErrorData>, 'place'> {
  readonly place?: string | RegExp;
}

/** What is wrong, the text, and the error that it is refused with. */
export type BadSpec = readonly [what: string, text: string, error: Expected];
