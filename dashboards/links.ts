import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

/** The dashboards: their uids are their addresses and stay. */
export const DASHBOARDS = {
  sweep: { uid: 'prunefront-sweep', title: 'Prunefront / Sweep' },
  fleet: { uid: 'prunefront-gpu-fleet', title: 'Prunefront / GPU fleet' },
  nightly: { uid: 'prunefront-nightly', title: 'Prunefront / Nightly' },
  service: { uid: 'prunefront-gateway-and-temporal', title: 'Prunefront / Gateway and Temporal' },
} as const;

/** Tag of every dashboard. */
export const TAG = 'prunefront';

/** Links to the other dashboards, at the head of each; time and variables go along. */
export function linksFrom(here: keyof typeof DASHBOARDS): DashboardLinkBuilder[] {
  return Object.entries(DASHBOARDS)
    .filter(([name]) => name !== here)
    .map(([, { uid, title }]) =>
      new DashboardLinkBuilder(title.replace('Prunefront / ', ''))
        .type(DashboardLinkType.Link)
        .icon('dashboard')
        .tooltip(title)
        .url(`/d/${uid}`)
        .includeVars(true)
        .keepTime(true),
    );
}

/** A link of a panel to a dashboard, with the time that is shown. */
export function linkTo(name: keyof typeof DASHBOARDS, title: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .url(`/d/${DASHBOARDS[name].uid}?\${__url_time_range}&\${__all_variables}`);
}
