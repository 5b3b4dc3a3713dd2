const ESCAPE = '\u001b';
/** What log-update writes before it draws a frame anew. */
const ERASED = new RegExp(`(?:${ESCAPE}\\[2K(?:${ESCAPE}\\[1A)?)+${ESCAPE}\\[G`);
const STYLE = new RegExp(`${ESCAPE}\\[(\\d+)m`);

/** Characters of one style. */
export interface Span {
  readonly text: string;
  /** Name of a terminal colour, or null for that of plain text. */
  readonly colour: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
}

const COLOURS: Readonly<Record<number, string>> = { 31: 'red', 32: 'green', 33: 'yellow', 36: 'cyan' };
const PLAIN = { colour: null, bold: false, dim: false } as const;

/** The pieces that a recorded terminal session showed one in place of the other; the last one ends with what came after the live view. */
export function framesOf(recording: string): string[] {
  return recording.replaceAll('\r\n', '\n').split(ERASED);
}

/** A text without its styles. */
export function plainText(text: string): string {
  return text.split(STYLE).reduce((all, part, i) => (i % 2 === 0 ? all + part : all), '');
}

/** The frame nearest to the middle of the search, and of those the one with the most busy slots; null where no search was recorded. */
export function middleFrame(frames: readonly string[]): string | null {
  let best: { readonly frame: string; readonly distance: number; readonly slots: number } | null = null;
  for (const frame of frames) {
    const text = plainText(frame);
    const [, ended, total] = /searching {2}(\d+) of (\d+) candidates/.exec(text) ?? [];
    if (ended === undefined || total === undefined) continue;
    const distance = Math.abs(2 * Number(ended) - Number(total));
    const slots = text.match(/^slot /gm)?.length ?? 0;
    if (best === null || distance < best.distance || (distance === best.distance && slots > best.slots))
      best = { frame, distance, slots };
  }
  return best?.frame ?? null;
}

/** The lines of a frame as spans. */
export function styledLines(frame: string): Span[][] {
  let style: Omit<Span, 'text'> = PLAIN;
  return frame
    .trimEnd()
    .split('\n')
    .map((line) =>
      line.split(STYLE).flatMap((part, i): Span[] => {
        if (i % 2 === 0) return part === '' ? [] : [{ text: part, ...style }];
        style = styleAfter(style, Number(part));
        return [];
      }),
    );
}

function styleAfter(style: Omit<Span, 'text'>, code: number): Omit<Span, 'text'> {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  return { ...style, colour: COLOURS[code] ?? null };
}
