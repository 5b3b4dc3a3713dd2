import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { PrunefrontError, toErrorData } from '../../core/errors.js';
import { METRICS, type MetricDefinition, type MetricName, type Process } from './catalogue.js';

type Named<Type extends MetricDefinition['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[MetricName];
/** Name of a counter of the catalogue. */
export type CounterName = Named<'counter'>;
/** Name of a gauge of the catalogue. */
export type GaugeName = Named<'gauge'>;
/** Name of a histogram of the catalogue. */
export type HistogramName = Named<'histogram'>;

/** All labels of a metric with their values. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<(typeof METRICS)[Name]['labels'][number], string>>;

/** A counter: it only grows. */
export interface CounterOf<Name extends CounterName> {
  /** @param by - 1 where it is left out; never below 0 */
  inc(labels: LabelsOf<Name>, by?: number): void;
}

/** A gauge: it holds what was set last. */
export interface GaugeOf<Name extends GaugeName> {
  set(labels: LabelsOf<Name>, value: number): void;
  /** @param by - how much it grows; below 0 it shrinks */
  add(labels: LabelsOf<Name>, by: number): void;
  /** Removes all series. */
  clear(): void;
}

/** A histogram. */
export interface HistogramOf<Name extends HistogramName> {
  /** @param value - in the metric's base unit */
  observe(labels: LabelsOf<Name>, value: number): void;
}

/** A value of a gauge, or the total of a counter that is derived from records which outlive the process. */
export type Sample<Name extends GaugeName | CounterName = GaugeName | CounterName> = {
  readonly [Each in Name]: { readonly metric: Each; readonly labels: LabelsOf<Each>; readonly value: number };
}[Name];

/** A sample of a metric. */
export function sample<Name extends GaugeName | CounterName>(
  metric: Name,
  labels: LabelsOf<Name>,
  value: number,
): Sample<Name> {
  return { metric, labels, value } as unknown as Sample<Name>;
}

/** Milliseconds that a source may take for its samples; a scraper waits ten seconds by default. */
const COLLECT_MS = 4000;
/** What a source of samples holds back when it has not answered in time. */
const tooSlow = (source: string): PrunefrontError =>
  new PrunefrontError('PRUNEFRONT_UNREACHABLE', `The ${source} did not tell their metrics in time`, { place: source });

/** Gauges that prom-client names like counters. */
const MISNAMED = ['active_handles', 'active_requests', 'active_resources'].map(
  (name) => `prunefront_nodejs_${name}_total`,
);

/** The metrics of a process: those of the catalogue that it serves, and those that every Node process has. */
export function createMetrics(process: Process): Metrics {
  return new Metrics(process);
}

class Metrics {
  private readonly registry = new Registry();
  private readonly sources: (() => Promise<void>)[] = [];
  private readonly pages: (() => Promise<string>)[] = [];
  private running: Promise<string> | null = null;

  constructor(readonly process: Process) {
    const registers = [this.registry];
    for (const [name, { type, help, labels: labelNames, servedBy, ...rest }] of Object.entries<MetricDefinition>(
      METRICS,
    )) {
      if (!servedBy.includes(process)) continue;
      const common = { name, help, labelNames, registers };
      if (type === 'counter') new Counter(common);
      else if (type === 'gauge') new Gauge(common);
      else new Histogram({ ...common, buckets: [...(rest.buckets ?? [])] });
    }
    collectDefaultMetrics({ register: this.registry, prefix: 'prunefront_' });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  /** Content type of the text. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** A counter that this process serves. */
  counter<Name extends CounterName>(name: Name): CounterOf<Name> {
    const counter = this.served(name, Counter);
    return { inc: (labels, by = 1) => counter.inc({ ...labels }, by) };
  }

  /** A gauge that this process serves. */
  gauge<Name extends GaugeName>(name: Name): GaugeOf<Name> {
    const gauge = this.served(name, Gauge);
    return {
      set: (labels, value) => gauge.set({ ...labels }, value),
      add: (labels, by) => gauge.inc({ ...labels }, by),
      clear: () => gauge.reset(),
    };
  }

  /** A histogram that this process serves. */
  histogram<Name extends HistogramName>(name: Name): HistogramOf<Name> {
    const histogram = this.served(name, Histogram);
    return { observe: (labels, value) => histogram.observe({ ...labels }, value) };
  }

  /**
   * Samples that are taken at each scrape and replace all that these metrics held, so that what is gone disappears; samples of
   * equal labels add up. Where they cannot be taken, or not in time, these metrics are absent, the failure is counted with its code, and the others are served all the same.
   * @param source - plural noun for what is asked: `sweeps`
   */
  onCollect<Name extends GaugeName | CounterName>(
    source: string,
    names: readonly Name[],
    take: () => readonly Sample<Name>[] | Promise<readonly Sample<Name>[]>,
  ): void {
    const metrics = new Map(names.map((name) => [name, this.sampled(name)] as const));
    const failures = this.counter('prunefront_collection_failures_total');
    this.sources.push(async () => {
      let samples: readonly Sample<Name>[] = [];
      try {
        samples = await inTime(Promise.resolve().then(take), () => tooSlow(source));
      } catch (error) {
        failures.inc({ source, cause: toErrorData(error).code });
      }
      for (const metric of metrics.values()) metric.reset();
      for (const { metric, labels, value } of samples) metrics.get(metric)?.inc({ ...labels }, value);
    });
  }

  /** Text of another exporter of this process that follows the metrics; one that fails is left out and counted. */
  append(source: string, page: () => Promise<string>): void {
    const failures = this.counter('prunefront_collection_failures_total');
    this.pages.push(async () => {
      try {
        return await inTime(page(), () => tooSlow(source));
      } catch (error) {
        failures.inc({ source, cause: toErrorData(error).code });
        return '';
      }
    });
  }

  /** All metrics of the process in Prometheus' text format. Scrapes at the same time get the same text. */
  text(): Promise<string> {
    this.running ??= this.collected().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async collected(): Promise<string> {
    await Promise.all(this.sources.map((collect) => collect()));
    const pages = await Promise.all(this.pages.map((page) => page()));
    return [await this.registry.metrics(), ...pages].join('\n');
  }

  private sampled(name: GaugeName | CounterName): Counter | Gauge {
    return METRICS[name].type === 'counter' ? this.served(name, Counter) : this.served(name, Gauge);
  }

  private served<Kind>(name: MetricName, kind: new (...args: never[]) => Kind): Kind {
    const metric = this.registry.getSingleMetric(name);
    if (metric instanceof kind) return metric;
    throw new PrunefrontError('PRUNEFRONT_INTERNAL', `A ${this.process} does not serve the metric ${name}`);
  }
}

async function inTime<T>(answer: Promise<T>, late: () => Error): Promise<T> {
  const answered = new AbortController();
  const timeout = sleep(COLLECT_MS, undefined, { signal: answered.signal, ref: false }).then(
    () => Promise.reject(late()),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    answered.abort();
  }
}

export type { Metrics };
