import { describe, expect, it } from 'vitest';
import type { NodeDevice, NodeRecord, NodeSlot } from '../../../core/nodes/node-record.js';
import { observeNode } from '../../../workers/gpu-node/node-metrics.js';
import { createMetrics } from '../../../workers/metrics/registry.js';
import { parsePrometheus, seriesValue } from '../../support/prometheus-text.js';

const GPU: NodeDevice = {
  ...{ id: '0', kind: 'nvidia-h100', name: 'NVIDIA H100', utilization: 0.5, memoryUsedBytes: 1e9 },
  ...{ memoryTotalBytes: 8e10, temperatureCelsius: 60, powerWatts: null },
};
const slotOf = (slot: number, state: NodeSlot['state']): NodeSlot => ({
  ...{ slot, device: '0', state, work: null, threads: 1, trainerRestarts: 0, trainerResidentBytes: 1000 + slot },
});
const RECORD: NodeRecord = {
  ...{ name: 'one', state: 'ready', version: '1.0.0', taskQueues: [], devices: [GPU] },
  slots: [slotOf(0, 'busy'), slotOf(1, 'busy'), slotOf(2, 'free')],
  ...{ startedAt: '2026-01-01T00:00:00Z', seenAt: '2026-01-01T00:00:00Z' },
};

async function scraped(record: NodeRecord): Promise<(name: string, labels?: Record<string, string>) => number | null> {
  const metrics = createMetrics('worker');
  observeNode(
    metrics,
    () => record,
    () => new Map([[1, { residentBytes: 1001, programs: 3, programBytes: 5000, dataBytes: 700 }]]),
  );
  const page = parsePrometheus(await metrics.text());
  return (name, labels = {}) => seriesValue(page, name, { node: 'one', ...labels });
}

describe('a node as metrics', () => {
  it('given busy and free slots, then each state has its number, those of none too', async () => {
    const value = await scraped(RECORD);
    const slots = ['busy', 'free', 'starting', 'closed'].map((state) => value('prunefront_slots', { state }));
    expect(slots).toEqual([2, 1, 0, 0]);
    expect(value('prunefront_trainer_resident_bytes', { slot: '1' })).toBe(1001);
  });

  it('given what trainers keep, then programs, their memory and that of data are told by slot', async () => {
    const value = await scraped(RECORD);
    const names = ['programs', 'program_bytes', 'data_bytes'];
    expect(names.map((name) => value(`prunefront_trainer_${name}`, { slot: '1' }))).toEqual([3, 5000, 700]);
  });

  it('given what the driver tells, then it is there; what it does not tell is absent and not 0', async () => {
    const value = await scraped(RECORD);
    const names = [
      'utilization_ratio',
      'memory_used_bytes',
      'memory_total_bytes',
      'temperature_celsius',
      'power_watts',
    ];
    expect(names.map((name) => value(`prunefront_gpu_${name}`, { gpu: '0' }))).toEqual([0.5, 1e9, 8e10, 60, null]);
  });

  it.each<[NodeRecord['state'], number]>([
    ['ready', 0],
    ['draining', 1],
    ['drained', 1],
    ['stopping', 0],
  ])('given a node that is %s, then whether it drains is %d', async (state, expected) => {
    expect((await scraped({ ...RECORD, state }))('prunefront_node_draining')).toBe(expected);
  });
});
