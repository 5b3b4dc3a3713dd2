import { PrunefrontError } from '../../core/errors.js';
import type { Publications } from '../../core/nightly/publications.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { Nodes } from '../gateway/nodes/nodes.js';
import type { Schedules } from '../gateway/schedules/schedules.js';
import type { SweepHub } from '../gateway/sweeps/sweep-hub.js';
import { isUnavailable } from '../gateway/sweeps/temporal-errors.js';
import {
  NIGHT_METRICS,
  type NightSample,
  nightSamples,
  PUBLICATION_GAUGES,
  publicationSamples,
} from './night-gauges.js';
import { NightReader } from './night-reader.js';
import { nodeSamples } from './node-gauges.js';
import type { Metrics } from './registry.js';
import { SWEEP_GAUGES, sweepSamples } from './sweep-gauges.js';

/** Where a gateway's metrics come from. */
export interface GatewayMetricsOptions {
  readonly hub: SweepHub;
  readonly nodes: Nodes;
  readonly schedules: Schedules;
  readonly publications: Publications;
  readonly store: ArtifactStore;
}

/** Adds the metrics of a gateway that are read at each scrape; calls are counted where they are answered. */
export function collectGatewayMetrics(
  metrics: Metrics,
  { hub, nodes, schedules, publications, store }: GatewayMetricsOptions,
): void {
  const reader = new NightReader(store);
  metrics.onCollect('sweeps', SWEEP_GAUGES, () => sweepSamples(hub.newest()));
  metrics.onCollect('nodes', ['prunefront_nodes'], async () => nodeSamples(await nodes.list()));
  metrics.onCollect('schedules', NIGHT_METRICS, () => scheduleSamples(schedules, reader));
  metrics.onCollect('publications', PUBLICATION_GAUGES, async () => {
    const names = await publications.names();
    const manifests = await Promise.all(names.map((name) => publications.currentManifest(name)));
    return manifests.flatMap((manifest) => (manifest === null ? [] : publicationSamples(manifest)));
  });
}

async function scheduleSamples(schedules: Schedules, reader: NightReader): Promise<readonly NightSample[]> {
  try {
    const found = await schedules.some(await schedules.names());
    const read = await Promise.all(found.map(async (each) => ({ ...each, nights: await reader.all(each.name) })));
    return read.flatMap(nightSamples);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'The Temporal server does not answer', {}, { cause: error });
  }
}
