import type { Alert, RuleGroup } from './rule.js';

/** The page of all alerts: what each means and what to do. */
export function runbook(groups: readonly RuleGroup[]): string {
  const alerts = groups.flatMap((group) => group.alerts);
  return `# Alerts

<!-- Made by \`npm run dashboards\` from dashboards/rules; edit there. -->

Alerts of \`dashboards/generated/rules/*.yaml\`, for Prometheus. [grafana.md](grafana.md) tells how to install them.

| alert | severity | when |
| --- | --- | --- |
${alerts.map(({ name, severity, summary, holds }) => `| [${name}](#${name.toLowerCase()}) | ${severity} | ${plain(summary)}, for ${holds} |`).join('\n')}

${alerts.map(section).join('\n')}
## Recording rules

| series | what it keeps |
| --- | --- |
${groups
  .flatMap((group) => group.recordings)
  .map(({ name, expr }) => `| \`${name}\` | \`${expr.replaceAll('\n', ' ').replaceAll('|', '\\|')}\` |`)
  .join('\n')}
`;
}

function section({ name, severity, holds, description, remedy, expr }: Alert): string {
  return `## ${name}

${plain(description)}

**What to do.** ${remedy}

Severity ${severity}; fires when this holds for ${holds}:

\`\`\`promql
${expr}
\`\`\`
`;
}

/** Templates as a reader of the page wants them. */
function plain(text: string): string {
  return text
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => label.toUpperCase())
    .replaceAll(/\{\{ \$value[^}]*\}\}/g, 'N');
}
