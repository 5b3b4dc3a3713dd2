import type { NodeRecord, SlotState } from '../../core/nodes/node-record.js';
import { type Metrics, sample } from '../metrics/registry.js';
import type { TrainerMemory } from './trainer-stream.js';

const STATES: readonly SlotState[] = ['starting', 'free', 'busy', 'closed'];
const GAUGES = [
  'prunefront_slots',
  'prunefront_node_draining',
  'prunefront_trainer_resident_bytes',
  'prunefront_trainer_programs',
  'prunefront_trainer_program_bytes',
  'prunefront_trainer_data_bytes',
  'prunefront_gpu_utilization_ratio',
  'prunefront_gpu_memory_used_bytes',
  'prunefront_gpu_memory_total_bytes',
  'prunefront_gpu_temperature_celsius',
  'prunefront_gpu_power_watts',
] as const;

/** What trainers hold, by slot. */
type Memories = ReadonlyMap<number, TrainerMemory>;

/** Has the slots, trainers and GPUs of a node told at each scrape, from its own record and what its trainers hold. */
export function observeNode(metrics: Metrics, record: () => NodeRecord, memories: () => Memories): void {
  metrics.onCollect('node', GAUGES, () => nodeSamples(record(), memories()));
}

type NodeSample = ReturnType<typeof sample<(typeof GAUGES)[number]>>;

/** The gauges of a node; what a driver does not tell is absent. */
export function nodeSamples(
  { name: node, state, slots, devices }: NodeRecord,
  memories: Memories,
): readonly NodeSample[] {
  return [
    ...STATES.map((each) =>
      sample('prunefront_slots', { node, state: each }, slots.filter((slot) => slot.state === each).length),
    ),
    sample('prunefront_node_draining', { node }, state === 'draining' || state === 'drained' ? 1 : 0),
    ...slots.map(({ slot, trainerResidentBytes }) =>
      sample('prunefront_trainer_resident_bytes', { node, slot: String(slot) }, trainerResidentBytes),
    ),
    ...[...memories].flatMap(([number, { programs, programBytes, dataBytes }]) => {
      const slot = String(number);
      return [
        sample('prunefront_trainer_programs', { node, slot }, programs),
        sample('prunefront_trainer_program_bytes', { node, slot }, programBytes),
        sample('prunefront_trainer_data_bytes', { node, slot }, dataBytes),
      ];
    }),
    ...devices.flatMap((device) =>
      (
        [
          ['prunefront_gpu_utilization_ratio', device.utilization],
          ['prunefront_gpu_memory_used_bytes', device.memoryUsedBytes],
          ['prunefront_gpu_memory_total_bytes', device.memoryTotalBytes],
          ['prunefront_gpu_temperature_celsius', device.temperatureCelsius],
          ['prunefront_gpu_power_watts', device.powerWatts],
        ] as const
      ).flatMap(([name, value]) => (value === null ? [] : [sample(name, { node, gpu: device.id }, value)])),
    ),
  ];
}
