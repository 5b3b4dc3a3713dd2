import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { qualities } from '../../../cli/format.js';
import { frontTable } from '../../../cli/view/front-table.js';
import { nightsTable, publicationsTable, versionsTable } from '../../../cli/view/nights-table.js';
import type { NightView } from '../../../client/schedules.js';
import type { Manifest } from '../../../core/nightly/manifest.js';
import { ownAmong, sweepMetrics } from '../../../core/report/metrics.js';
import { modelCard } from '../../../core/report/model-card.js';
import { renderReport } from '../../../core/report/render-report.js';
import { pageData } from '../../../core/report/report-data.js';
import type { ResultRow, SweepResult } from '../../../core/sweep/result.js';
import type { Constraint, OwnMetric } from '../../../core/sweep/spec.js';
import { mainScore } from '../../../core/sweep/task.js';
import { frontPoint } from '../../support/front-points.js';
import { lineageOf } from '../../support/lineages.js';
import { registerMetrics } from '../../support/plugins.js';
import { parse, SHORT } from '../spec/parse.js';
import { SAMPLE_MODEL, sampleResult } from './sample-result.js';

const OWN = `${SHORT}
objectives: [{ maximize: margin }, { minimize: wrong }, { minimize: bytesGzip }]
constraints: [{ entropy: { atMost: 2 } }]
`;

/** The sample sweep with metrics of plugins: two that objectives name, and one that a constraint does. */
async function ownResult(): Promise<SweepResult> {
  const sample = sampleResult();
  const { objectives, constraints } = await parse(OWN);
  const rows = sample.rows.map((row): ResultRow => {
    if (row.status === 'failed') return row;
    const { validation } = row.observation;
    const own = { entropy: 1.5, margin: 12, wrong: 1 - mainScore(validation) };
    return { ...row, observation: { ...row.observation, validation: { ...validation, own } } };
  });
  return { ...sample, spec: { ...sample.spec, objectives, constraints }, rows };
}

const cellsOf = (line: string): string[] => line.split('│').map((cell) => cell.trim());

describe('metrics of plugins, shown', () => {
  let result: SweepResult;

  beforeAll(async () => {
    registerMetrics('margin', 'wrong', 'entropy');
    result = await ownResult();
  });

  it('given the metrics of the sweep, then they are among them, with the direction that an objective asks for', () => {
    const own = ownAmong(sweepMetrics('classification', result.spec));
    expect(own.map(({ name, better }) => [name, better])).toEqual([
      ['entropy', null],
      ['margin', 'more'],
      ['wrong', 'less'],
    ]);
    expect(ownAmong(sweepMetrics('regression', sampleResult().spec))).toEqual([]);
  });

  it('given a top-k that a constraint names, then more of it is better, and it is told as a fraction everywhere', () => {
    const metric: Constraint = { metric: { name: 'top3' as OwnMetric, atLeast: 0.9 } };
    const rows = result.rows.map((row): ResultRow => {
      if (row.status === 'failed') return row;
      const validation = { ...row.observation.validation, own: { top3: 0.998 } };
      return { ...row, observation: { ...row.observation, validation } };
    });
    const asked = { ...sampleResult(), rows };
    const named = { ...asked, spec: { ...asked.spec, constraints: [metric] } };
    expect(ownAmong(sweepMetrics('classification', named.spec))).toMatchObject([
      { name: 'top3', label: 'Top 3, validation', kind: 'fraction', better: 'more' },
    ]);
    expect(frontTable(named)).toContain('99.80 %');
    expect(modelCard(named, 'c011', SAMPLE_MODEL)).toMatch(/\| Top 3, validation \| 99\.80\u202f% \|/);
    const { summary } = frontPoint('c001', { accuracy: 0.975, own: { top3: 0.998 } });
    expect(qualities(summary)).toBe('97.50 %, top3 99.80 %');
  });

  it('given the front in a terminal, then each has a column; without any, there is none', () => {
    const [, head = '', , dense = ''] = stripVTControlCharacters(frontTable(result)).split('\n');
    const [names, values] = [cellsOf(head), cellsOf(dense)];
    const valueIn = (name: string): string | undefined => values[names.indexOf(`${name} val`)];
    expect([valueIn('entropy'), valueIn('margin'), valueIn('wrong')]).toEqual(['1.5', '12', '0.0115']);
    expect(frontTable(sampleResult())).not.toContain('wrong');
  });

  it('given the report, then rows have them, the plot can have them for axes, and the card of a model tells them', () => {
    const data = pageData(result);
    expect(data.rows.find(({ id }) => id === 'dense')?.values).toMatchObject({
      margin: 12,
      wrong: expect.closeTo(0.0115),
    });
    expect(data.axes).toEqual({ x: 'wrong', y: 'margin' });
    expect(renderReport(result, { style: '', charts: '', script: '' })).toContain('data-sort="wrong"');
    expect(modelCard(result, 'c011', SAMPLE_MODEL)).toMatch(/\| margin, validation \| 12/);
  });

  it('given nights and what they published, then they stand beside the main metric', () => {
    const { summary } = frontPoint('c001', { accuracy: 0.975, own: { margin: 12, wrong: 0.025 } });
    const manifest = {
      version: 1,
      publishedAt: '',
      lineage: lineageOf('digits'),
      metrics: summary,
    } as unknown as Manifest;
    const publication = { name: 'digits', current: 1, versions: [manifest] };
    const record = { version: 1, durationMs: 1, stages: { run: 1, reused: 0 }, selected: { summary } };
    const night = { startedAt: '', outcome: 'published', record } as unknown as NightView;
    for (const table of [versionsTable(publication), publicationsTable([publication]), nightsTable([night])])
      expect(stripVTControlCharacters(table)).toContain('97.50 %, margin 12, wrong 0.025');
  });
});
