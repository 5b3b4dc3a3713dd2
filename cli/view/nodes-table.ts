import Table from 'cli-table3';
import pc from 'picocolors';
import type { DeviceView, NodeView, SlotView } from '../../client/nodes.js';
import { bytes, count, percent } from '../format.js';

/** All nodes, a line for each device. */
export function nodesTable(nodes: readonly NodeView[]): string {
  const table = new Table({
    head: ['node', 'state', 'device', 'slots', 'threads', 'does', 'images/s', 'busy', 'memory', '°C'],
    colAligns: ['left', 'left', 'left', 'right', 'right', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const node of nodes) {
    for (const [i, device] of node.devices.entries()) {
      const slots = node.slots.filter((slot) => slot.device === device.id);
      const busy = slots.filter(({ work }) => work !== null);
      table.push([
        i === 0 ? node.name : '',
        i === 0 ? stateWord(node) : '',
        device.name,
        `${busy.length}/${slots.length}`,
        // All slots of a device have the same.
        slots[0]?.threads ?? '–',
        busy.map(workWords).join('\n'),
        count(slots.reduce((sum, { work }) => sum + (work?.imagesPerSecond ?? 0), 0)),
        ...deviceCells(device),
      ]);
    }
  }
  return table.toString();
}

/** One node in lines. */
export function nodeLines(node: NodeView): string[] {
  const { name, version, taskQueues, startedAt, seenAt, devices, slots } = node;
  return [
    `${pc.bold(name)}  ${stateWord(node)}  version ${version}`,
    `started ${startedAt}, last seen ${seenAt}`,
    `takes stages from ${taskQueues.join(', ')}`,
    '',
    ...devices.map((device) => {
      const [utilization, memory, temperature] = deviceCells(device);
      const power = device.powerWatts === null ? '' : `, ${device.powerWatts.toFixed(0)} W`;
      return `device ${device.id}  ${device.name} (${device.kind})  busy ${utilization}, memory ${memory}, ${temperature} °C${power}`;
    }),
    ...slots.map(slotLine),
  ];
}

function slotLine(slot: SlotView): string {
  const restarts = slot.trainerRestarts === 0 ? '' : `, trainer restarted ${slot.trainerRestarts} times`;
  const does = slot.work === null ? slot.state : `${workWords(slot)} at ${count(slot.work.imagesPerSecond)} images/s`;
  const trainer = slot.state === 'closed' ? 'trainer ended' : `trainer of ${bytes(slot.trainerResidentBytes)}`;
  const threads = slot.threads === null ? '' : `, ${slot.threads === 1 ? '1 thread' : `${slot.threads} threads`}`;
  return `slot ${slot.slot} on ${slot.device}  ${does}, ${trainer}${threads}${restarts}`;
}

function workWords({ work }: SlotView): string {
  if (work === null) return '';
  const done = work.steps === 0 ? '' : ` ${Math.floor((100 * work.step) / work.steps)} %`;
  return `${work.sweep} ${work.candidate} ${work.phase}${done}`;
}

/** What the driver does not tell is shown as such. */
function deviceCells({ utilization, memoryUsedBytes, memoryTotalBytes, temperatureCelsius }: DeviceView): string[] {
  const used = memoryUsedBytes === null ? '–' : bytes(memoryUsedBytes);
  return [
    utilization === null ? '–' : percent(utilization),
    memoryTotalBytes === null ? used : `${used} of ${bytes(memoryTotalBytes)}`,
    temperatureCelsius === null ? '–' : temperatureCelsius.toFixed(0),
  ];
}

function stateWord({ state }: NodeView): string {
  if (state === 'ready') return pc.green(state);
  return state === 'lost' ? pc.red(state) : pc.yellow(state);
}
