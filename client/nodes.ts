import type { ServiceError } from '@grpc/grpc-js';
import { PrunefrontError } from '../core/errors.js';
import type { NodeState, SlotState } from '../core/nodes/node-record.js';
import type { StageProgress } from '../core/sweep/stage.js';
import type { Device__Output } from '../proto/generated/prunefront/v1/Device.js';
import type { ListNodesResponse__Output } from '../proto/generated/prunefront/v1/ListNodesResponse.js';
import type { Node__Output } from '../proto/generated/prunefront/v1/Node.js';
import type { NodeClient } from '../proto/load.js';
import type { CallSender, Reply } from './call-sender.js';

/** A GPU of a node, or its CPU; what the driver does not tell is null. */
export interface DeviceView {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  /** 0 to 1. */
  readonly utilization: number | null;
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
  readonly temperatureCelsius: number | null;
  readonly powerWatts: number | null;
}

/** One place of a node to run a stage. */
export interface SlotView {
  readonly slot: number;
  /** Id of its device. */
  readonly device: string;
  readonly state: SlotState;
  /** What it runs; null where it is free. */
  readonly work: {
    readonly sweep: string;
    readonly candidate: string;
    readonly label: string;
    readonly phase: StageProgress['phase'];
    readonly step: number;
    readonly steps: number;
    readonly imagesPerSecond: number;
  } | null;
  /** CPU threads of its trainer; null where TensorFlow takes what it wants. */
  readonly threads: number | null;
  readonly trainerRestarts: number;
  readonly trainerResidentBytes: number;
}

/** A machine that trains. */
export interface NodeView {
  readonly name: string;
  readonly state: NodeState;
  readonly version: string;
  readonly taskQueues: readonly string[];
  readonly devices: readonly DeviceView[];
  readonly slots: readonly SlotView[];
  /** Training examples a second over all its slots. */
  readonly imagesPerSecond: number;
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339. */
  readonly seenAt: string;
}

type NodeAnswer = { readonly node: Node__Output | null };

/** The machines that train. */
export class NodesClient {
  constructor(
    private readonly raw: InstanceType<typeof NodeClient>,
    private readonly sender: CallSender,
  ) {}

  /** Nodes that have been seen in the last day, by name. */
  async list(): Promise<NodeView[]> {
    const found: NodeView[] = [];
    let pageToken = '';
    do {
      const page = await this.sender.call((reply: Reply<ListNodesResponse__Output>) =>
        this.raw.ListNodes({ pageToken }, reply),
      );
      found.push(...page.nodes.map(nodeView));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return found;
  }

  /** @throws PrunefrontError `PRUNEFRONT_NODE_NOT_FOUND` */
  get(node: string): Promise<NodeView> {
    return this.one((reply) => this.raw.GetNode({ node }, reply));
  }

  /** Takes no new stage on a node and hands over those that run; it holds until `resume`. */
  drain(node: string): Promise<NodeView> {
    return this.one((reply) => this.raw.DrainNode({ node }, reply));
  }

  /** Takes stages again after `drain`. */
  resume(node: string): Promise<NodeView> {
    return this.one((reply) => this.raw.ResumeNode({ node }, reply));
  }

  close(): void {
    this.raw.close();
  }

  private async one(
    send: (reply: (error: ServiceError | null, answer?: NodeAnswer) => void) => void,
  ): Promise<NodeView> {
    const { node } = await this.sender.call<NodeAnswer>(send);
    if (node === null) throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'The gateway sent no node');
    return nodeView(node);
  }
}

function nodeView({ slots, devices, state, imagesPerSecond, ...rest }: Node__Output): NodeView {
  return {
    ...rest,
    state: state as NodeState,
    imagesPerSecond: Number(imagesPerSecond),
    devices: devices.map(deviceView),
    slots: slots.map(({ slot, device, state: slotState, threads, trainerRestarts, trainerResidentBytes, ...work }) => ({
      ...{ slot, device, state: slotState as SlotState, trainerRestarts, trainerResidentBytes },
      threads: threads ?? null,
      work:
        work.candidate === ''
          ? null
          : {
              ...{
                sweep: work.sweep,
                candidate: work.candidate,
                label: work.label,
                step: work.step,
                steps: work.steps,
              },
              ...{ phase: work.phase as StageProgress['phase'], imagesPerSecond: Number(work.imagesPerSecond) },
            },
    })),
  };
}

function deviceView(device: Device__Output): DeviceView {
  const { id, kind, name, utilization, memoryUsedBytes, memoryTotalBytes, temperatureCelsius, powerWatts } = device;
  return {
    ...{ id, kind, name },
    utilization: utilization ?? null,
    memoryUsedBytes: memoryUsedBytes ?? null,
    memoryTotalBytes: memoryTotalBytes ?? null,
    temperatureCelsius: temperatureCelsius ?? null,
    powerWatts: powerWatts ?? null,
  };
}
