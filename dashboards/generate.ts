import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { serviceDashboard } from './gateway-and-temporal.js';
import { fleetDashboard } from './gpu-fleet.js';
import { nightlyDashboard } from './nightly.js';
import { fleetRules } from './rules/fleet.js';
import { nightRules } from './rules/nights.js';
import type { RuleGroup } from './rules/rule.js';
import { ruleFile } from './rules/rule-file.js';
import { runbook } from './rules/runbook.js';
import { sweepRules } from './rules/sweeps.js';
import { sweepDashboard } from './sweep.js';

/** The folder of what this makes, below the clone's root; nothing else lies there. */
const GENERATED = 'dashboards/generated';

/** The dashboards by the names of their files. */
export function dashboards(): ReadonlyMap<string, Dashboard> {
  return new Map([
    ['sweep', sweepDashboard().build()],
    ['gpu-fleet', fleetDashboard().build()],
    ['nightly', nightlyDashboard().build()],
    ['gateway-and-temporal', serviceDashboard().build()],
  ]);
}

/** All alerts and recording rules. */
export const RULES: readonly RuleGroup[] = [sweepRules, fleetRules, nightRules];

/** Every file that is made from this room, by its path from the clone's root. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const boards = [...dashboards()].map(
    ([name, board]) => [`${GENERATED}/${name}.json`, `${JSON.stringify(board, null, 2)}\n`] as const,
  );
  const rules = RULES.map((group) => [`${GENERATED}/rules/${group.name}.yaml`, ruleFile(group)] as const);
  return new Map([...boards, ...rules, ['docs/alerts.md', runbook(RULES)]]);
}

async function write(root: string): Promise<void> {
  const files = generatedFiles();
  for (const entry of await readdir(join(root, GENERATED), { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (entry.isFile()) await rm(join(entry.parentPath, entry.name));
  }
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const [, program] = process.argv;
if (program !== undefined && import.meta.url === pathToFileURL(program).href) await write(process.cwd());
