/** One line of Prometheus' text format. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric of Prometheus' text format with its series. */
export interface ParsedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ParsedSample[];
}

const COMMENT = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.*)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)(?: \d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/gy;
const ENDINGS = /_(?:bucket|sum|count)$/;

/**
 * Reads Prometheus' text format strictly: a line that is none of it, a series before its TYPE, a metric told twice and a series told twice are
 * errors.
 */
export function parsePrometheus(text: string): Map<string, ParsedMetric> {
  const metrics = new Map<string, { name: string; type: string; help: string; samples: ParsedSample[] }>();
  const seen = new Set<string>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, kind, named = '', rest = ''] = COMMENT.exec(line) ?? [];
    if (kind !== undefined) {
      const metric = metrics.get(named) ?? { name: named, type: '', help: '', samples: [] };
      const field = kind === 'TYPE' ? 'type' : 'help';
      if (metric[field] !== '') throw new Error(`told twice: ${line}`);
      metric[field] = rest;
      metrics.set(named, metric);
      continue;
    }
    const [, name, labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`no sample: ${line}`);
    const metric = metrics.get(name) ?? metrics.get(name.replace(ENDINGS, ''));
    if (metric === undefined || metric.type === '') throw new Error(`no TYPE before: ${line}`);
    const series = `${name}{${labelText}}`;
    if (seen.has(series)) throw new Error(`series twice: ${line}`);
    seen.add(series);
    metric.samples.push({ name, labels: labelsOf(labelText), value: numberOf(value) });
  }
  return metrics;
}

/** The value of the series of a metric that has these labels, others aside; null where there is none. */
export function seriesValue(
  metrics: ReadonlyMap<string, ParsedMetric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  const samples = (metrics.get(name) ?? metrics.get(name.replace(ENDINGS, '')))?.samples ?? [];
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`${found.length} series of ${name} have the labels ${JSON.stringify(labels)}`);
  return found[0]?.value ?? null;
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let end = 0;
  for (const match of text.matchAll(LABEL)) {
    const [whole, label = '', value = ''] = match;
    labels[label] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    end = match.index + whole.length;
  }
  if (end !== text.length) throw new Error(`no labels: ${text}`);
  return labels;
}

function numberOf(text: string): number {
  const value = Number(text.replace('+Inf', 'Infinity').replace('-Inf', '-Infinity'));
  if (Number.isNaN(value) && !/^nan$/i.test(text)) throw new Error(`no number: ${text}`);
  return value;
}
