import { PrunefrontError } from '../../../core/errors.js';
import { nearest } from '../../../core/nearest.js';
import {
  NODE_LOST_AFTER_MS,
  type NodeRecord,
  type NodeState,
  type NodeWanted,
  nodeRecordPath,
  nodeWantedPath,
  stageQueueOf,
} from '../../../core/nodes/node-record.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';

const FORGOTTEN_AFTER_MS = 24 * 3_600_000;
const NAME = /^[A-Za-z0-9._-]+$/;

/** A node as others see it. */
export interface SeenNode extends Omit<NodeRecord, 'state'> {
  readonly state: NodeState;
}

/** The machines that train, by what they tell in the store. */
export class Nodes {
  constructor(private readonly store: ArtifactStore) {}

  /** Nodes that have been seen in the last day, by name; what older ones told is dropped. */
  async list(): Promise<readonly SeenNode[]> {
    const folders = await this.store.listDocuments('nodes');
    const nodes = await Promise.all(folders.map((folder) => this.seenOrDropped(folder.slice('nodes/'.length))));
    return nodes.filter((node) => node !== null).sort(byName);
  }

  /** @throws PrunefrontError `PRUNEFRONT_NODE_NOT_FOUND` */
  async find(name: string): Promise<SeenNode> {
    const record = NAME.test(name) ? await this.record(name) : null;
    if (record !== null && !isForgotten(record)) return seen(record, await this.wanted(name));
    const names = (await this.list()).map((node) => node.name);
    const near = nearest(name, names);
    throw new PrunefrontError('PRUNEFRONT_NODE_NOT_FOUND', `There is no node ${name}`, {
      ...{ found: name, allowed: names.join(', ') || 'no node has been seen in the last day' },
      ...(near === null ? {} : { hint: `did you mean ${near}?` }),
    });
  }

  /**
   * Tells a node what is wanted of it; it reads that within seconds, also after a restart.
   * @throws PrunefrontError `PRUNEFRONT_NODE_NOT_FOUND`
   */
  async want(name: string, draining: boolean, by: string): Promise<SeenNode> {
    const node = await this.find(name);
    const wanted: NodeWanted = { draining, since: new Date().toISOString(), by };
    await this.store.putDocument(nodeWantedPath(node.name), wanted);
    return this.find(node.name);
  }

  /** Task queue of the kind of device that most slots of live nodes have; null while no node lives. */
  async busiestQueue(): Promise<string | null> {
    const slots = new Map<string, number>();
    for (const node of await this.list()) {
      if (node.state === 'lost') continue;
      for (const { device } of node.slots) {
        const kind = node.devices.find(({ id }) => id === device)?.kind;
        if (kind !== undefined) slots.set(kind, (slots.get(kind) ?? 0) + 1);
      }
    }
    const [most] = [...slots].sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
    return most === undefined ? null : stageQueueOf(most[0]);
  }

  private async record(name: string): Promise<NodeRecord | null> {
    return (await this.store.getDocument(nodeRecordPath(name))) as NodeRecord | null;
  }

  private async wanted(name: string): Promise<NodeWanted | null> {
    return (await this.store.getDocument(nodeWantedPath(name))) as NodeWanted | null;
  }

  private async seenOrDropped(name: string): Promise<SeenNode | null> {
    const record = await this.record(name);
    if (record === null) return null;
    if (!isForgotten(record)) return seen(record, await this.wanted(name));
    // A store that is only read keeps it. What is wanted stays: it holds also for a node that comes back after days.
    await this.store.dropDocument(nodeRecordPath(name)).catch(() => undefined);
    return null;
  }
}

/** A node that has said nothing for a while may still be there, and nobody knows. One that is to drain reads that within seconds. */
function seen(record: NodeRecord, wanted: NodeWanted | null): SeenNode {
  if (age(record) > NODE_LOST_AFTER_MS) return { ...record, state: 'lost' };
  return { ...record, state: wanted?.draining === true && record.state === 'ready' ? 'draining' : record.state };
}

function isForgotten(record: NodeRecord): boolean {
  return age(record) >= FORGOTTEN_AFTER_MS;
}

function age({ seenAt }: NodeRecord): number {
  return Date.now() - Date.parse(seenAt);
}

function byName(a: SeenNode, b: SeenNode): number {
  return a.name < b.name ? -1 : 1;
}
