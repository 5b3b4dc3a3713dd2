import { stringify } from 'yaml';
import type { RuleGroup } from './rule.js';

/** The page of this repository that says what to do, by the path of its heading. */
const runbookOf = (name: string): string => `docs/alerts.md#${name.toLowerCase()}`;

/** A rule file of Prometheus. */
export function ruleFile(group: RuleGroup): string {
  const recordings = group.recordings.map(({ name, expr }) => ({ record: name, expr }));
  const alerts = group.alerts.map(({ name, expr, holds, severity, summary, description }) => ({
    alert: name,
    expr,
    for: holds,
    labels: { severity },
    annotations: { summary, description, runbook: runbookOf(name) },
  }));
  return stringify({ groups: [{ name: group.name, rules: [...recordings, ...alerts] }] }, { lineWidth: 0 });
}
