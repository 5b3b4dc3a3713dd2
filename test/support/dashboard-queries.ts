import { dashboards } from '../../dashboards/generate.js';

/** A query of a panel or of the marks on the time axis. */
export interface ShownQuery {
  /** `sweep: Hypervolume (A)`. */
  readonly where: string;
  readonly expr: string;
  /** Whether the newest values are wanted alone. */
  readonly instant: boolean;
}

/** A panel with data, as its JSON says. */
export interface ShownPanel {
  readonly dashboard: string;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: { readonly uid?: string };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly thresholds?: { readonly steps: readonly unknown[] } };
  };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly instant?: boolean;
    readonly datasource?: { readonly uid?: string };
  }[];
}

/** Every panel of every dashboard; headings of rows are none. */
export function shownPanels(): ShownPanel[] {
  return [...dashboards()].flatMap(([dashboard, { panels = [] }]) =>
    (JSON.parse(JSON.stringify(panels)) as ShownPanel[])
      .filter(({ type }) => type !== 'row')
      .map((panel) => ({ ...panel, dashboard })),
  );
}

/** Every query of every panel. */
export function panelQueries(): ShownQuery[] {
  return shownPanels().flatMap(({ dashboard, title, targets = [] }) =>
    targets.map(({ refId, expr, instant }) => ({
      where: `${dashboard}: ${title} (${refId})`,
      expr,
      instant: instant === true,
    })),
  );
}

/** Every query of the marks on the time axis; all dashboards have the same. */
export function annotationQueries(): ShownQuery[] {
  const [sweep] = dashboards().values();
  return (sweep?.annotations?.list ?? []).map(({ name, expr }) => ({
    where: `annotation: ${name}`,
    expr: expr ?? '',
    instant: false,
  }));
}

/** A query as Grafana sends it while everything is chosen and scrapes are a second apart. */
export function interpolated(expr: string): string {
  return expr
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$__range', '10m')
    .replaceAll(/\$(?:job|instance|sweep|node|schedule|publication)\b/g, '.+');
}
