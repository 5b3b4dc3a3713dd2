/** A point of a text plot. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  readonly mark: string;
}

/** The least that the logarithmic axis tells from zero: a microsecond, where it has milliseconds. */
const LEAST = 1e-3;

/** A scatter plot in text: x on a logarithmic axis to the right, y upwards. Later points cover earlier ones. */
export function textPlot(
  points: readonly PlotPoint[],
  size: { readonly width: number; readonly height: number },
  labels: { x(value: number): string; y(value: number): string },
): string[] {
  if (points.length === 0) return [];
  const { width, height } = size;
  const [left, right] = range(points.map(({ x }) => Math.log(Math.max(x, LEAST))));
  const [bottom, top] = range(points.map(({ y }) => y));
  const rows = Array.from({ length: height }, () => Array.from({ length: width }, () => ' '));
  for (const { x, y, mark } of points) {
    const column = Math.round(((Math.log(Math.max(x, LEAST)) - left) / (right - left)) * (width - 1));
    const row = Math.round(((top - y) / (top - bottom)) * (height - 1));
    const line = rows[row];
    if (line !== undefined) line[column] = mark;
  }
  const yLabels = rows.map((_, row) => (row === 0 ? labels.y(top) : row === height - 1 ? labels.y(bottom) : ''));
  const margin = Math.max(...yLabels.map((label) => label.length));
  const lines = rows.map((row, i) => `${(yLabels[i] ?? '').padStart(margin)} │${row.join('').trimEnd()}`);
  const from = labels.x(Math.exp(left));
  const to = labels.x(Math.exp(right));
  return [
    ...lines,
    `${' '.repeat(margin)} └${'─'.repeat(width)}`,
    `${' '.repeat(margin + 2)}${from}${to.padStart(Math.max(to.length + 1, width - from.length))}`,
  ];
}

/** Smallest and largest value, with a little room; never equal. */
function range(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = high === low ? Math.max(Math.abs(high) * 0.01, 0.005) : 0;
  return [low - room, high + room];
}
