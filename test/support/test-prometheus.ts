import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { projectRoot, prometheusProgram } from '../../tools/paths.mjs';
import { freePort } from '../../workers/local/temporal-server.js';
import { until } from './paper-sweeps.js';

/** A series of an answer: its labels, and values by time. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

interface Target {
  readonly health: string;
}

/** An alert that is pending or firing. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
}

/** A real Prometheus that scrapes each second, with the jobs of the deployed configuration and all rules. */
export class TestPrometheus {
  private constructor(
    private readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /**
   * @param folder - where its configuration and data go
   * @param targets - `host:port` of the processes of each job
   */
  static async start(folder: string, targets: Readonly<Record<string, readonly string[]>>): Promise<TestPrometheus> {
    const config = join(folder, 'prometheus.yml');
    await writeFile(config, await configured(targets));
    const address = `127.0.0.1:${await freePort()}`;
    const storage = `--storage.tsdb.path=${join(folder, 'data')}`;
    const args = [`--config.file=${config}`, storage, `--web.listen-address=${address}`, '--log.level=warn'];
    const child = spawn(prometheusProgram('prometheus'), args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const started = new TestPrometheus(`http://${address}`, child);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}`);
      return (await fetch(`${started.url}/-/ready`).catch(() => null))?.ok === true;
    });
    return started;
  }

  /** Waits until every target was scraped well; some may still be starting. */
  async scraped(count: number): Promise<void> {
    await until(async () => {
      const { activeTargets } = await this.ask<{ activeTargets: Target[] }>('targets');
      return activeTargets.length === count && activeTargets.every(({ health }) => health === 'up');
    });
  }

  /** The series of an expression from a time on (in seconds since 1970) to now, a value a second. */
  async range(expr: string, from: number): Promise<readonly Series[]> {
    const to = Date.now() / 1000;
    const parameters = { query: expr, start: String(from), end: String(to), step: '1' };
    return (await this.ask<{ result: Series[] }>('query_range', parameters)).result;
  }

  /** Alerts that are pending or firing. */
  async alerts(): Promise<readonly ActiveAlert[]> {
    return (await this.ask<{ alerts: ActiveAlert[] }>('alerts')).alerts;
  }

  /** Errors of rules at their last evaluation, by name; rules that were not evaluated yet count. */
  async brokenRules(): Promise<readonly string[]> {
    type Rule = { readonly name: string; readonly health: string; readonly lastError?: string };
    const { groups } = await this.ask<{ groups: { rules: Rule[] }[] }>('rules');
    return groups
      .flatMap(({ rules }) => rules)
      .filter(({ health }) => health !== 'ok')
      .map(({ name, health, lastError }) => `${name}: ${lastError ?? health}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }

  private async ask<Answer>(what: string, parameters: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const answer = await fetch(`${this.url}/api/v1/${what}?${new URLSearchParams(parameters)}`);
    const body = (await answer.json()) as { status: string; error?: string; data: Answer };
    if (body.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${body.error}`);
    return body.data;
  }
}

/** The deployed configuration, with these targets and this clone's rules, once a second. */
async function configured(targets: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const deployed = await readFile(join(projectRoot(), 'deploy/prometheus/prometheus.yml'), 'utf8');
  const { scrape_configs } = parse(deployed) as { scrape_configs: { job_name: string }[] };
  const unknown = Object.keys(targets).filter((job) => !scrape_configs.some(({ job_name }) => job_name === job));
  if (unknown.length > 0) throw new Error(`no jobs of the deployed configuration: ${unknown}`);
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(projectRoot(), 'dashboards/generated/rules/*.yaml')],
    scrape_configs: scrape_configs.map(({ job_name }) => ({
      job_name,
      static_configs: [{ targets: targets[job_name] ?? [] }],
    })),
  });
}

/** An exporter on a free port of the loopback interface. */
export async function servePage(page: () => Promise<string>): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer((_, reply) => {
    page().then(
      (text) => reply.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text),
      (error: unknown) => reply.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
