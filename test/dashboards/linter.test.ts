import { describe, expect, it } from 'vitest';
import { FOREIGN_METRICS } from '../../dashboards/foreign-metrics.js';
import { dashboards } from '../../dashboards/generate.js';
import { DASHBOARDS } from '../../dashboards/links.js';
import { METRICS, type MetricDefinition } from '../../workers/metrics/catalogue.js';
import { NODE_METRICS, TEMPORAL_METRICS } from '../../workers/metrics/inherited.js';
import { annotationQueries, panelQueries, shownPanels } from '../support/dashboard-queries.js';

/** Units of Grafana's that the dashboards may use. */
const UNITS = [
  ...['none', 'short', 'percentunit', 's', 'bytes', 'celsius', 'watt', 'bool_yes_no'],
  ...['cpm', 'ops', 'reqps'],
];
/** A metric in a query, with its matchers. */
const SELECTOR = /\b((?:prunefront|temporal|DCGM)_\w+|up)\b(\{[^}]*\})?/g;
/** The same under a function of counters. */
const UNDER_RATE = /\b(rate|increase)\(((?:prunefront|temporal|DCGM)_\w+)\{[^}]*\}\[([^\]]+)\]\)/g;

const queries = panelQueries();
const panels = shownPanels();
const catalogue: Readonly<Record<string, MetricDefinition>> = METRICS;

/** Counters, and the parts of histograms, which count too. */
function isCounter(name: string): boolean {
  return catalogue[name]?.type === 'counter' || /_(total|bucket|count|sum)$/.test(name);
}

/** A query without what stands under rate and increase, where counters belong. */
const withoutRates = (expr: string): string => expr.replaceAll(UNDER_RATE, '');

/** What the rules of Grafana's dashboard-linter ask, and what the house asks beyond. */
describe.each([...dashboards()])('the dashboard %s', (_name, board) => {
  const variables = new Map((board.templating?.list ?? []).map((variable) => [variable.name, variable]));

  it('has a data source that is chosen [template-datasource-rule]', () => {
    expect(variables.get('datasource')).toMatchObject({
      type: 'datasource',
      query: 'prometheus',
      label: 'Data source',
    });
  });

  it.each(['job', 'instance'])('has the variable %s [template-job-rule, template-instance-rule]', (name) => {
    expect(variables.get(name)).toMatchObject({
      type: 'query',
      datasource: { uid: '$datasource' },
      label: name === 'job' ? 'Job' : 'Instance',
      multi: true,
      allValue: '.+',
    });
  });

  it('has variables that ask for values of labels, and ask again when the time changes [template-label-promql-rule, template-on-time-change-reload-rule]', () => {
    for (const [name, variable] of variables) {
      if (variable.type !== 'query') continue;
      expect(variable.query, name).toMatch(/^label_values\(\w*\{[^}]+\}, \w+\)$/);
      expect(variable, name).toMatchObject({ refresh: 2, datasource: { uid: '$datasource' } });
      expect(variable.description, name).toBeTruthy();
    }
  });

  it('is not editable [uneditable-dashboard]', () => {
    expect(board.editable).toBe(false);
  });

  it('leads to each of the others and shows when sweeps start and end and models are published', () => {
    const others = Object.values(DASHBOARDS).filter(({ uid }) => uid !== board.uid);
    expect(board.links?.map(({ url }) => url)).toEqual(others.map(({ uid }) => `/d/${uid}`));
    expect(board.links?.every(({ includeVars, keepTime }) => includeVars && keepTime)).toBe(true);
    expect(board.annotations?.list?.map(({ name }) => name)).toEqual(['Sweeps start', 'Sweeps end', 'Publications']);
  });
});

describe('every panel', () => {
  it('has a data source that is chosen, a title, a description, a unit, thresholds and queries [panel-*-rule]', () => {
    expect(panels.length).toBeGreaterThan(40);
    for (const { dashboard, title, description, datasource, fieldConfig, targets } of panels) {
      const where = `${dashboard}: ${title}`;
      expect(title, where).toBeTruthy();
      expect(description, where).toMatch(/^[A-Z0-9].{20,}\.$/);
      expect(datasource?.uid, where).toBe('$datasource');
      expect(UNITS, where).toContain(fieldConfig?.defaults.unit);
      expect(fieldConfig?.defaults.thresholds?.steps.length, where).toBeGreaterThan(0);
      expect(targets?.length, where).toBeGreaterThan(0);
      for (const target of targets ?? []) expect(target.datasource?.uid, where).toBe('$datasource');
    }
  });

  it('has a title that no other one of its dashboard has', () => {
    const titles = panels.map(({ dashboard, title }) => `${dashboard}: ${title}`);
    expect(titles).toEqual([...new Set(titles)]);
  });
});

describe('every query', () => {
  it('asks for metrics of the chosen jobs and instances [target-job-rule, target-instance-rule]', () => {
    for (const { where, expr } of [...queries, ...annotationQueries()]) {
      const selectors = [...expr.matchAll(SELECTOR)];
      expect(selectors.length, where).toBeGreaterThan(0);
      for (const [, name, matchers] of selectors) {
        expect(matchers, `${where}: ${name}`).toMatch(/^\{job=~"\$job", instance=~"\$instance"/);
      }
    }
  });

  it('adds up nothing that every gateway tells alike', () => {
    for (const { where, expr } of queries) {
      expect(expr, where).not.toMatch(
        /\b(?:sum|avg|count)(?: by \([^)]*\))? ?\((?:\w+\()?prunefront_(?:nodes|sweeps?|nightly|published)(?![a-z])/,
      );
    }
  });

  it('asks for metrics that are known', () => {
    const foreign = new Set<string>(Object.values(FOREIGN_METRICS).flat());
    for (const { where, expr } of queries) {
      for (const [, name = ''] of expr.matchAll(SELECTOR)) {
        const base = name.replace(/_(bucket|count|sum)$/, '');
        expect(name in METRICS || base in METRICS || foreign.has(name), `${where}: ${name}`).toBe(true);
      }
    }
  });

  it('asks for metrics of Node and of Temporal that our processes serve', () => {
    for (const name of FOREIGN_METRICS.node) expect(name in NODE_METRICS, name).toBe(true);
    for (const name of FOREIGN_METRICS.temporal)
      expect(name.replace(/_bucket$/, '') in TEMPORAL_METRICS, name).toBe(true);
  });

  it('has rates over $__rate_interval, and growth over it or over all that is shown [target-rate-interval-rule]', () => {
    for (const { where, expr } of queries) {
      for (const [, how, , over = ''] of expr.matchAll(UNDER_RATE)) {
        expect(how === 'rate' ? ['$__rate_interval'] : ['$__rate_interval', '$__range'], where).toContain(over);
      }
      expect(withoutRates(expr), where).not.toMatch(/\[/);
    }
  });

  it('has counters under rate or increase alone, and nothing else under them [target-counter-agg-rule]', () => {
    for (const { where, expr } of queries) {
      for (const [, name = ''] of withoutRates(expr).matchAll(SELECTOR)) {
        expect(isCounter(name), `${where}: ${name} stands alone`).toBe(false);
      }
      for (const [, , name = ''] of expr.matchAll(UNDER_RATE)) {
        expect(isCounter(name), `${where}: ${name} is no counter`).toBe(true);
      }
    }
  });
});
