import type { NodeDevice, NodeSlot } from '../../../core/nodes/node-record.js';
import type { Device } from '../../../proto/generated/prunefront/v1/Device.js';
import type { DrainNodeRequest__Output } from '../../../proto/generated/prunefront/v1/DrainNodeRequest.js';
import type { GetNodeRequest__Output } from '../../../proto/generated/prunefront/v1/GetNodeRequest.js';
import type { ListNodesRequest__Output } from '../../../proto/generated/prunefront/v1/ListNodesRequest.js';
import type { Node } from '../../../proto/generated/prunefront/v1/Node.js';
import type { NodeServiceHandlers } from '../../../proto/generated/prunefront/v1/NodeService.js';
import type { ResumeNodeRequest__Output } from '../../../proto/generated/prunefront/v1/ResumeNodeRequest.js';
import type { Slot } from '../../../proto/generated/prunefront/v1/Slot.js';
import type { Nodes, SeenNode } from '../nodes/nodes.js';
import { pageOf } from '../pages.js';
import { type Calls, unary } from './call.js';

/** The calls of `NodeService`. */
export function nodeCalls(nodes: Nodes): Calls<keyof NodeServiceHandlers & string> {
  return {
    ListNodes: unary('viewer', async (request: ListNodesRequest__Output) => {
      const { items, nextPageToken } = pageOf('nodes', await nodes.list(), request, ({ name }) => name, 'ascending');
      return { nodes: items.map(sentNode), nextPageToken };
    }),
    GetNode: unary('viewer', async ({ node }: GetNodeRequest__Output) => ({ node: sentNode(await nodes.find(node)) })),
    DrainNode: unary('operator', async ({ node }: DrainNodeRequest__Output, { principal }) => ({
      node: sentNode(await nodes.want(node, true, principal.name)),
    })),
    ResumeNode: unary('operator', async ({ node }: ResumeNodeRequest__Output, { principal }) => ({
      node: sentNode(await nodes.want(node, false, principal.name)),
    })),
  };
}

function sentNode(node: SeenNode): Node {
  // What a lost node last trained at is no rate of now.
  const slots = node.state === 'lost' ? [] : node.slots;
  const imagesPerSecond = slots.reduce((sum, { work }) => sum + (work?.imagesPerSecond ?? 0), 0);
  return {
    ...{ name: node.name, state: node.state, version: node.version, taskQueues: [...node.taskQueues] },
    ...{ devices: node.devices.map(sentDevice), slots: node.slots.map(sentSlot), imagesPerSecond },
    ...{ startedAt: node.startedAt, seenAt: node.seenAt },
  };
}

/** What the driver does not tell is absent, not zero. */
function sentDevice({ id, kind, name, ...told }: NodeDevice): Device {
  const known = Object.entries(told).filter(([, value]) => value !== null);
  return { id, kind, name, ...(Object.fromEntries(known) as Device) };
}

function sentSlot({ slot, device, state, work, threads, trainerRestarts, trainerResidentBytes }: NodeSlot): Slot {
  const { sweep = '', candidate = '', label = '', phase = '', step = 0, steps = 0 } = work ?? {};
  return {
    ...{ slot, device, state, sweep, candidate, label, phase, step, steps, trainerRestarts, trainerResidentBytes },
    imagesPerSecond: work?.imagesPerSecond ?? 0,
    // A node of an older version does not tell.
    ...(typeof threads === 'number' ? { threads } : {}),
  };
}
