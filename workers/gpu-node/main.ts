import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StageObserver } from '../../activities/index.js';
import { PrunefrontError } from '../../core/errors.js';
import { loadPlugins } from '../../core/plugins/load-plugin.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { temporalTelemetry } from '../metrics/temporal-sdk.js';
import { quietRuntime } from '../runtime.js';
import { agreeOnKeys } from '../service/agreed-keys.js';
import { runService, type Service, serveOperations, watchNamespace } from '../service/service.js';
import { connectWorker } from '../service/temporal-connection.js';
import { readDevices } from './devices.js';
import { GpuNode } from './node.js';
import { observeNode } from './node-metrics.js';
import { NodeTeller } from './node-teller.js';
import { residentShare } from './resident-data.js';
import { NODE_WORKER } from './settings.js';
import { SlotBoard } from './slot-board.js';
import { type TrainerSlotSettings, TrainerSlots } from './slot-pool.js';
import { askedBfloat16, askedSlots, calibrationSubject } from './slot-settings.js';
import { inWords, slotsAndThreads } from './slots-and-threads.js';
import { type SlotPlace, slotsOfMachine } from './slots-of-machine.js';
import { StageMetrics } from './stage-metrics.js';
import { StageWorkers } from './stage-workers.js';
import { RESTART_REASONS } from './trainer-process.js';

/** Milliseconds before the end of draining at which stages that still run lose the work since their last checkpoint. */
const LAST_CHANCE_MS = 4000;
const MEBIBYTE = 1024 * 1024;

type NodeService = Service<typeof NODE_WORKER.table>;

/** The node worker: takes stages from the task queues of its devices, one for each free slot. */
await runService(NODE_WORKER, async (service) => {
  const { settings, temporal, metrics, operations, readiness, stop, drainMs } = service;
  const name = nodeName(service);
  const asked = askedSlots(settings);
  const isAskedBfloat16 = askedBfloat16(settings);
  const trainer = trainerSettings(service);
  // A plugin that cannot be loaded is better known now than from a trainer.
  await loadPlugins(settings.text('plugin'));
  const subject = await calibrationSubject(settings);
  const store = await openFolderStore(settings.text('store'));
  await agreeOnKeys(store, temporal.payloadKeys);
  const telemetry = await temporalTelemetry();
  quietRuntime(telemetry.metrics);
  metrics.append('temporal sdk', () => telemetry.text());
  const serving = await serveOperations(service, { http: 'http', health: 'health' });
  const connection = await connectWorker(temporal).catch(async (error: unknown) => {
    await serving.close();
    throw error;
  });
  // Short, because the path of a socket may have 107 characters only.
  const sockets = await mkdtemp(join(tmpdir(), 'pf-'));
  try {
    const devices = await readDevices();
    const decided = await slotsAndThreads({
      ...{ asked, subject, devices, trainerBytes: trainer.memoryLimit, signal: stop },
      onStart({ model, seconds }) {
        readiness.set('start', 'it calibrates');
        process.stderr.write(`worker: calibrates with ${model}, for about ${seconds} s\n`);
      },
    }).catch((error: unknown) => {
      if (stop.aborted) return null;
      throw error;
    });
    // It was told to end while it calibrated.
    if (decided === null) return;
    process.stderr.write(`worker: ${inWords(decided)}, ${decided.because}\n`);
    const places = slotsOfMachine(devices, decided);
    const restarts = metrics.counter('prunefront_trainer_restarts_total');
    // `increase` misses what a series starts with.
    for (const reason of RESTART_REASONS) restarts.inc({ node: name, reason }, 0);
    const slotSettings = (place: SlotPlace): TrainerSlotSettings => ({
      ...{ ...trainer, threads: place.threads },
      residentLimit: trainer.residentLimit ?? residentShare(place, places),
      ...{ slot: place.slot, socket: join(sockets, `${place.slot}.sock`), ranOn: `${name}/${place.slot}` },
      gpu: place.device.visible,
      prefersBfloat16: isAskedBfloat16 ?? decided.prefersBfloat16,
      onRestart: (reason) => restarts.inc({ node: name, reason }),
    });
    const pools = new Map(
      [...byKind(places)].map(([kind, those]) => [kind, new TrainerSlots(those.map(slotSettings))]),
    );
    process.on('exit', () => {
      for (const pool of pools.values()) pool.abandon();
      rmSync(sockets, { recursive: true, force: true });
    });
    const board = new SlotBoard();
    const kindOf = (slot: number): string => places[slot]?.device.device.kind ?? '';
    const observer = both(board, new StageMetrics(metrics, name, kindOf));
    const node = new GpuNode({
      ...{ name, places, pools, board, readiness, readDevices, version: operations.version },
      workers: new StageWorkers({
        connection,
        temporal,
        store,
        node: name,
        observer,
        pools,
        drainMs: Math.max(0, drainMs - LAST_CHANCE_MS),
      }),
      teller: new NodeTeller(store, name),
    });
    observeNode(
      metrics,
      () => node.record(),
      () => node.trainerMemories,
    );
    void watchNamespace(connection, temporal, service);
    await service.during('stages that run', node.run(stop));
  } finally {
    await rm(sockets, { recursive: true, force: true });
    await connection.close();
    await serving.close();
  }
});

function nodeName({ settings }: NodeService): string {
  const name = settings.text('node') ?? hostname();
  if (/^[A-Za-z0-9._-]+$/.test(name) && !/^\.+$/.test(name)) return name;
  throw new PrunefrontError('PRUNEFRONT_USAGE', 'The name of a node is a word', {
    ...{ place: settings.place('node'), found: name, allowed: 'letters, digits, ., _ and -' },
  });
}

function trainerSettings({ settings }: NodeService) {
  const resident = settings.whole('resident-data');
  return {
    store: settings.text('store'),
    checkpointEveryMs: settings.whole('checkpoint-every'),
    silenceMs: settings.whole('trainer-silence'),
    memoryLimit: settings.whole('trainer-memory') * MEBIBYTE,
    residentLimit: resident === undefined ? null : resident * MEBIBYTE,
    programMemory: settings.whole('program-memory'),
    profile: settings.text('profile'),
    plugins: settings.text('plugin'),
  };
}

function byKind(places: readonly SlotPlace[]): Map<string, SlotPlace[]> {
  const kinds = new Map<string, SlotPlace[]>();
  for (const place of places) {
    const { kind } = place.device.device;
    kinds.set(kind, [...(kinds.get(kind) ?? []), place]);
  }
  return kinds;
}

/** Two who hear of the same stages. */
function both(one: StageObserver, other: StageObserver): StageObserver {
  const all = [one, other];
  return {
    took: (...about) => all.forEach((each) => void each.took(...about)),
    started: (...about) => all.forEach((each) => void each.started(...about)),
    progressed: (...about) => all.forEach((each) => void each.progressed(...about)),
    ended: (...about) => all.forEach((each) => void each.ended(...about)),
  };
}
