import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RULES } from '../../dashboards/generate.js';
import { projectRoot, prometheusProgram } from '../../tools/paths.mjs';
import { METRICS } from '../../workers/metrics/catalogue.js';
import { runProgram } from '../support/programs.js';

const root = projectRoot();
const rules = join(root, 'dashboards/generated/rules');
const situations = join(root, 'dashboards/rules-tests');
const inFolder = (folder: string): string[] => readdirSync(folder).map((name) => join(folder, name));

/** Runs promtool; what it says goes into the failure. */
async function promtool(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(prometheusProgram('promtool'), args);
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

interface Situation {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}

describe('the rules', () => {
  it('given the rule files, then promtool finds nothing wrong with them', async () => {
    await promtool('check', 'rules', ...inFolder(rules));
  });

  it('given the configuration of Prometheus, then promtool finds nothing wrong with it', async () => {
    await promtool('check', 'config', join(root, 'deploy/prometheus/prometheus.yml'));
  });

  it.each(readdirSync(situations))(
    'given the situations of %s, then each alert fires in its own and in no other',
    async (name) => {
      expect(await promtool('test', 'rules', join(situations, name))).toContain('SUCCESS');
    },
  );

  it('given any alert, then there is a situation in which it fires and one in which it does not', () => {
    const checks = inFolder(situations)
      .flatMap((file) => (parse(readFileSync(file, 'utf8')) as { tests: Situation[] }).tests)
      .flatMap((situation) => situation.alert_rule_test);
    for (const { name } of RULES.flatMap((group) => group.alerts)) {
      const ofThis = checks.filter(({ alertname }) => alertname === name);
      expect(
        ofThis.some(({ exp_alerts }) => exp_alerts.length > 0),
        `${name} fires`,
      ).toBe(true);
      expect(
        ofThis.some(({ exp_alerts }) => exp_alerts.length === 0),
        `${name} keeps still`,
      ).toBe(true);
    }
  });

  it('given any rule, then its metrics are of the catalogue and its runbook has a heading', () => {
    const runbook = readFileSync(join(root, 'docs/alerts.md'), 'utf8');
    for (const { alerts, recordings } of RULES) {
      for (const { name, expr } of [...alerts, ...recordings]) {
        // A recorded series has colons in its name.
        for (const [found] of expr.matchAll(/(?<![:\w])prunefront_\w+(?![:\w])/g)) {
          expect(found in METRICS, `${name}: ${found}`).toBe(true);
        }
      }
      for (const { name } of alerts) expect(runbook).toContain(`\n## ${name}\n`);
    }
  });

  it('given the tests, then the set-up has brought Prometheus', () => {
    expect(existsSync(prometheusProgram('prometheus')), 'run `node tools/setup.mjs --tests`').toBe(true);
  });
});
