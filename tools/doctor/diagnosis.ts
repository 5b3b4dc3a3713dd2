/** What one look at this machine found. */
export interface Diagnosis {
  name: string;
  /** A problem stops Prunefront; a warning makes it slower or a later step fail. */
  state: 'ok' | 'warning' | 'problem';
  found: string;
  /** What to do about it; always there unless ok. */
  remedy?: string;
}
