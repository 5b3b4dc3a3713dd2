import { effect, signal } from '@preact/signals';

/** What the reader chose; `system` follows the setting of the device. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'prunefront-theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];
const DARK = '(prefers-color-scheme: dark)';

function stored(): Theme {
  const text = localStorage.getItem(KEY);
  return ORDER.find((each) => each === text) ?? 'system';
}

/** The chosen theme. */
export const theme = signal<Theme>(stored());
/** Counts changes of colours; charts, which hold colours of their own, draw anew. */
export const paints = signal(0);

/** Goes on to the next choice. */
export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'system';
}

/** Keeps the style in step with the choice. */
export function applyTheme(): void {
  matchMedia(DARK).addEventListener('change', () => {
    paints.value += 1;
  });
  const dark = darkRules();
  effect(() => {
    const chosen = theme.value;
    localStorage.setItem(KEY, chosen);
    document.documentElement.style.colorScheme = chosen === 'system' ? '' : chosen;
    const media = chosen === 'system' ? DARK : chosen === 'dark' ? 'all' : 'not all';
    for (const rule of dark) rule.media.mediaText = media;
    paints.value = paints.peek() + 1;
  });
}

/** The blocks of the style that hold for a dark setting: one set of colours for the report, for this page and for its switch. */
function darkRules(): CSSMediaRule[] {
  return [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSMediaRule)
    .filter(({ media }) => media.mediaText === DARK);
}
