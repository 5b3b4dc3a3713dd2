import type { Span } from './live-frames.js';

const COLOURS: Readonly<Record<string, string>> = {
  red: '#ff7b72',
  green: '#56d364',
  yellow: '#e3b341',
  cyan: '#56d4dd',
};

/** A web page that shows lines as a terminal does. */
export function terminalPage(lines: readonly (readonly Span[])[]): string {
  const text = lines.map((line) => line.map(styled).join('')).join('\n');
  // The line height is that of the font, so that the bars of a box drawn from characters meet.
  return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #0d1117; }
pre { display: inline-block; margin: 0; padding: 18px 22px; color: #e6edf3; font: 14px/16px 'DejaVu Sans Mono', 'Liberation Mono', monospace; }
</style><pre>${text}</pre>`;
}

function styled({ text, colour, bold, dim }: Span): string {
  const rules = [
    ...(colour === null ? [] : [`color:${COLOURS[colour] ?? 'inherit'}`]),
    ...(bold ? ['font-weight:bold'] : []),
    ...(dim ? ['opacity:0.6'] : []),
  ];
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return rules.length === 0 ? safe : `<span style="${rules.join(';')}">${safe}</span>`;
}
