import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { annotations } from './annotations.js';
import { DASHBOARDS, linksFrom, TAG } from './links.js';
import { processVariables } from './variables.js';

/** Panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

/** What one dashboard has and the others do not. */
export interface Content {
  readonly description: string;
  /** Start of the time that is shown at first: `now-6h`. */
  readonly from: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly rows: readonly Row[];
}

/** A dashboard with what all have: variables of processes, links, marks, and no editing, because it is generated. */
export function dashboard(name: keyof typeof DASHBOARDS, content: Content): DashboardBuilder {
  const { uid, title } = DASHBOARDS[name];
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(content.description)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .time({ from: content.from, to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...processVariables(), ...content.variables])
    .annotations(annotations())
    .links(linksFrom(name));
  for (const row of content.rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  return builder;
}
