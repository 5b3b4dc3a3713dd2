import { PrunefrontError, toErrorData } from '../../core/errors.js';
import {
  NODE_LOST_AFTER_MS,
  type NodeRecord,
  type NodeWanted,
  nodeRecordPath,
  nodeWantedPath,
} from '../../core/nodes/node-record.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';

/** Tells others of a node through the store, and hears what they want of it. */
export class NodeTeller {
  private told: NodeRecord | null = null;
  private lastWanted: NodeWanted | null = null;
  private trouble = '';

  constructor(
    private readonly store: ArtifactStore,
    private readonly node: string,
  ) {}

  /**
   * Writes the record. A store in trouble is said once, and costs nothing but that nobody hears of the node.
   * @throws PrunefrontError `PRUNEFRONT_USAGE` where another process tells under the same name, and was there first
   */
  async tell(record: NodeRecord): Promise<void> {
    await this.bear(async () => {
      const found = (await this.store.getDocument(nodeRecordPath(this.node))) as NodeRecord | null;
      if (this.told !== null && found !== null) requireOwn(found, this.told);
      await this.store.putDocument(nodeRecordPath(this.node), record, 'fleeting');
      this.told = record;
    });
  }

  /** What people want of the node, by the last that could be read; null where nobody wants anything. */
  async wanted(): Promise<NodeWanted | null> {
    await this.bear(async () => {
      this.lastWanted = (await this.store.getDocument(nodeWantedPath(this.node))) as NodeWanted | null;
    });
    return this.lastWanted;
  }

  /** Takes the record away: a node that left in order is not lost. */
  async leave(): Promise<void> {
    await this.bear(async () => {
      const found = (await this.store.getDocument(nodeRecordPath(this.node))) as NodeRecord | null;
      if (found?.startedAt === this.told?.startedAt) await this.store.dropDocument(nodeRecordPath(this.node));
    });
  }

  private async bear(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.trouble = '';
    } catch (error) {
      if (error instanceof PrunefrontError && error.code === 'PRUNEFRONT_USAGE') throw error;
      const { message } = toErrorData(error);
      if (message !== this.trouble)
        process.stderr.write(`worker: the store does not take what the node tells: ${message}\n`);
      this.trouble = message;
    }
  }
}

/** Two processes of one name would each tell that the other's slots are not there; the later one leaves. */
function requireOwn(found: NodeRecord, told: NodeRecord): void {
  const isOther = found.startedAt !== told.startedAt && Date.parse(found.seenAt) > Date.now() - NODE_LOST_AFTER_MS;
  if (!isOther || found.startedAt > told.startedAt) return;
  throw new PrunefrontError('PRUNEFRONT_USAGE', 'Another worker has this name', {
    ...{ place: '--node', found: told.name, allowed: 'a name of its own for each worker' },
    hint: `--node ${told.name}-2`,
  });
}
