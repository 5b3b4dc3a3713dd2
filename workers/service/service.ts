import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeConnection } from '@temporalio/worker';
import { describeError, toErrorData } from '../../core/errors.js';
import { runProgram } from '../command-line.js';
import type { Process } from '../metrics/catalogue.js';
import { createMetrics, type Metrics } from '../metrics/registry.js';
import { onStop } from '../stop-signals.js';
import { packageVersion } from '../version.js';
import type { DRAIN_SETTINGS, TEMPORAL_SETTINGS } from './common-settings.js';
import { OpenWork } from './open-work.js';
import type { Operations } from './ops-routes.js';
import { type Serving, serveHealth, serveHttp } from './ops-server.js';
import { Readiness } from './readiness.js';
import { helpOf, Settings, type SettingTable } from './settings.js';
import { requireNamespace } from './temporal-connection.js';
import { describeTemporal, type TemporalSettings, temporalSettings } from './temporal-settings.js';

const ASK_TEMPORAL_EVERY_MS = 5000;

type CommonTable = typeof TEMPORAL_SETTINGS & typeof DRAIN_SETTINGS;

/** A process of Prunefront from its settings on. */
export interface Service<Table extends SettingTable> {
  readonly settings: Settings<Table>;
  readonly temporal: TemporalSettings;
  readonly metrics: Metrics;
  readonly operations: Operations;
  readonly readiness: Readiness;
  /** Fires when the process is told to end. */
  readonly stop: AbortSignal;
  /** Milliseconds that it may take to hand over what it does; then it ends with exit code 1, whatever it does. */
  readonly drainMs: number;
  /** Follows work that has to come to its end before the process does, so that a drain that takes too long can name it. */
  during<T>(what: string, work: Promise<T>): Promise<T>;
  /** Says on standard output where it serves. */
  say(addresses: Readonly<Record<string, string>>): void;
}

/** What a process is called, what it does, and what can be set. */
export interface ServiceDescription<Table extends SettingTable> {
  readonly process: Process;
  readonly summary: string;
  readonly table: Table;
}

/**
 * Runs a process: reads its settings, says what it is, and ends it in order at a signal, at once at a second one.
 * @param serve - does the work of the process; returns once everything is handed over after `stop` has fired
 */
export async function runService<Table extends SettingTable & CommonTable>(
  { process: name, summary, table }: ServiceDescription<Table>,
  serve: (service: Service<Table>) => Promise<void>,
): Promise<void> {
  await runProgram(name, async () => {
    const args = process.argv.slice(2);
    if (args.includes('--help')) {
      process.stdout.write(helpOf(name, summary, table));
      return;
    }
    const settings = Settings.read(table, args, process.env);
    const drainMs = settings.whole('drain-timeout') as number;
    const stop = new AbortController();
    const open = new OpenWork();
    const readiness = new Readiness('it is starting');
    onStop(
      () => {
        if (stop.signal.aborted) return;
        readiness.set('stop', 'it is ending');
        stop.abort();
        process.stderr.write(`${name}: ending; a second signal ends it at once\n`);
        setTimeout(() => end(name, `${drainMs} ms were not enough for ${open}`), drainMs).unref();
      },
      () => end(name, 'a second signal'),
    );
    const temporal = temporalSettings(settings as unknown as Settings<CommonTable>, process.env);
    const metrics = createMetrics(name);
    const version = packageVersion();
    const configuration = { ...settings.masked(), ...describeTemporal(temporal) };
    readiness.onChange((ready) => {
      // The first line says what it is; that it is ready, or no more, follows.
      if (ready) process.stdout.write(`${JSON.stringify({ process: name, ready })}\n`);
    });
    await serve({
      ...{ settings, temporal, metrics, readiness, drainMs, stop: stop.signal },
      during: (what, work) => open.during(what, work),
      operations: { process: name, version, readiness, configuration, metrics },
      say: (addresses) => {
        const told = { process: name, version, pid: process.pid, addresses, configuration };
        process.stdout.write(`${JSON.stringify(told)}\n`);
        process.stderr.write(
          `${name} ${version} serves ${inWords(addresses)}; Temporal: ${temporal.connection.address}\n`,
        );
      },
    });
  });
  process.exit();
}

function inWords(addresses: Readonly<Record<string, string>>): string {
  return Object.entries(addresses)
    .map(([what, address]) => `${what} at ${address}`)
    .join(', ');
}

/** Ends in the middle of everything: what runs is run again elsewhere, from its checkpoints. */
function end(name: string, why: string): never {
  process.stderr.write(`${name}: ended before everything was handed over: ${why}\n`);
  process.exit(1);
}

/**
 * Serves what a process without calls of its own tells of itself, and says where.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot listen
 */
export async function serveOperations<Table extends SettingTable>(
  { operations, settings, say }: Service<Table>,
  names: { readonly http: keyof Table & string; readonly health: keyof Table & string },
): Promise<{ close(): Promise<void> }> {
  const wanted = (name: keyof Table & string) => ({
    ...{ address: String(settings.text(name)), place: settings.place(name), isGiven: settings.isGiven(name) },
  });
  const serving: Serving[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(serving.map((each) => each.close()));
  };
  try {
    serving.push(await serveHttp(operations, wanted(names.http)));
    serving.push(await serveHealth(operations, wanted(names.health)));
  } catch (error) {
    await close();
    throw error;
  }
  const [http, health] = serving.map(({ address }) => address);
  say({ http: http ?? '', health: health ?? '' });
  return { close };
}

/** Keeps the readiness up to whether Temporal answers and still has the namespace, until the process ends. */
export async function watchNamespace(
  connection: NativeConnection,
  temporal: TemporalSettings,
  { readiness, stop }: Pick<Service<SettingTable>, 'readiness' | 'stop'>,
): Promise<void> {
  while (!stop.aborted) {
    const lacks = await requireNamespace(connection, temporal).then(
      () => null,
      (error: unknown) => describeError(toErrorData(error)).split('\n')[0] ?? '',
    );
    readiness.set('temporal', lacks);
    await sleep(ASK_TEMPORAL_EVERY_MS, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}
