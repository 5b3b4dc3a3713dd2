import type { ObservationSummary } from '../../core/sweep/observation.js';
import type { FrontPoint } from '../../core/sweep/progress.js';

const SUMMARY: ObservationSummary = {
  accuracy: 0.98,
  loss: 0.06,
  testAccuracy: null,
  afterPruningAccuracy: null,
  requestedSparsity: 0,
  reachedSparsity: 0,
  parameters: 34_826,
  nonzeroParameters: 34_826,
  macs: 2_440_960,
  nonzeroMacs: 2_440_960,
  bytesDense: 139_304,
  bytesGzip: 128_000,
  bytesSparse: 139_304,
  latencyP50: 1,
  latencyP95: 1.5,
  batchLatencyP50: 9,
  batchLatencyP95: 11,
  deviceSeconds: 20,
};

/** A point with some numbers of its own. */
export function frontPoint(id: string, numbers: Partial<ObservationSummary> = {}): FrontPoint {
  return { id, label: `label of ${id}`, stageKey: id.repeat(8), summary: { ...SUMMARY, ...numbers } };
}

/** What two runs of one sweep must agree on: everything but time. */
export function essence(front: readonly FrontPoint[]): unknown[] {
  return [...front]
    .sort((a, b) => a.id.localeCompare(b.id))
    .map(({ id, stageKey, summary }) => {
      const { accuracy, loss, testAccuracy, parameters, nonzeroParameters, bytesGzip, reachedSparsity } = summary;
      return { id, stageKey, accuracy, loss, testAccuracy, parameters, nonzeroParameters, bytesGzip, reachedSparsity };
    });
}
