import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../../tools/paths.mjs';

const root = projectRoot();
const deploy = join(root, 'deploy');
const read = (path: string): string => readFileSync(join(deploy, path), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const { services, volumes } = parse(read('compose.yaml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};

describe('the compose file', () => {
  it('starts Temporal, Prometheus, Grafana and Prunefront, each at a version', () => {
    const names = ['temporal', 'gateway', 'orchestrator', 'worker', 'prometheus', 'grafana'];
    expect(Object.keys(services)).toEqual(names);
    for (const { image } of Object.values(services)) expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(services['gateway']?.image).toBe(`prunefront:${version}`);
  });

  it('mounts files that exist and volumes that it declares', () => {
    for (const [name, service] of Object.entries(services)) {
      for (const mount of service.volumes ?? []) {
        const [source = ''] = mount.split(':');
        const exists = source.startsWith('.') ? existsSync(resolve(deploy, source)) : source in volumes;
        expect(exists, `${name}: ${mount}`).toBe(true);
      }
    }
  });

  it('opens ports on loopback alone, and has no password in it', () => {
    for (const { ports = [] } of Object.values(services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
    expect(services['grafana']?.environment?.['GF_SECURITY_ADMIN_PASSWORD']).toMatch(/^\$\{GRAFANA_PASSWORD:\?/);
  });

  it('has Temporal share slots fairly, at a port that workers on the machine reach', () => {
    const { command, ports } = services['temporal'] ?? {};
    for (const setting of ['matching.useNewMatcher=true', 'matching.enableFairness=true']) {
      expect(command).toContain(`--dynamic-config-value=${setting}`);
    }
    expect(ports).toContain('127.0.0.1:7233:7233');
  });

  it('serves metrics where Prometheus looks for them', () => {
    const { scrape_configs } = parse(read('prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
    };
    const found = scrape_configs.flatMap(({ dns_sd_configs = [] }) => dns_sd_configs);
    expect(found.flatMap(({ names }) => names)).toEqual(['gateway', 'orchestrator', 'worker']);
    for (const { names, port } of found) {
      const [name = ''] = names;
      expect(services[name]?.command, name).toContain(`--http=0.0.0.0:${port}`);
    }
  });

  it('gives Grafana the dashboards that are generated, and the Prometheus that it starts', () => {
    const { providers } = parse(read('grafana/provisioning/dashboards/prunefront.yaml')) as {
      providers: { options: { path: string } }[];
    };
    const [provider] = providers;
    const mounted = services['grafana']?.volumes?.find((mount) => mount.split(':')[1] === provider?.options.path);
    const [source = ''] = mounted?.split(':') ?? [];
    expect(readdirSync(resolve(deploy, source))).toContain('sweep.json');
    const { datasources } = parse(read('grafana/provisioning/datasources/prometheus.yaml')) as {
      datasources: { type: string; url: string; jsonData: { timeInterval: string } }[];
    };
    expect(datasources).toMatchObject([{ type: 'prometheus', url: 'http://prometheus:9090' }]);
    const { global } = parse(read('prometheus/prometheus.yml')) as { global: { scrape_interval: string } };
    expect(datasources[0]?.jsonData.timeInterval).toBe(global.scrape_interval);
  });
});
