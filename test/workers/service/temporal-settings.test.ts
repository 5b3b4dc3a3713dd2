import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TEMPORAL_SETTINGS } from '../../../workers/service/common-settings.js';
import { Settings } from '../../../workers/service/settings.js';
import {
  describeTemporal,
  type TemporalSettings,
  temporalSettings,
} from '../../../workers/service/temporal-settings.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();

describe('which Temporal a process works with', () => {
  const read = (args: readonly string[], environment: Record<string, string> = {}): TemporalSettings => {
    // No file of whoever runs the tests.
    const known = { HOME: '/nowhere', XDG_CONFIG_HOME: '/nowhere', ...environment };
    return temporalSettings(Settings.read(TEMPORAL_SETTINGS, args, known), known);
  };

  it('given nothing, then it is the one of this machine', () => {
    expect(read([])).toEqual({ connection: { address: 'localhost:7233' }, client: { namespace: 'default' } });
  });

  it('given a profile of the Temporal CLI, its variables and ours, then flags count over our variables, those over TEMPORAL_*, those over the profile', async () => {
    const file = join(await temporaryFolder(), 'temporal.toml');
    const profile = ['address = "profile:1"', 'namespace = "of-profile"', 'api_key = "profile-key"'];
    await writeFile(file, `[profile.cloud]\n${profile.join('\n')}\n`);
    const from = ['--temporal-config', file, '--temporal-profile', 'cloud'];
    expect(read(from)).toMatchObject({
      connection: { address: 'profile:1', apiKey: 'profile-key', tls: true },
      client: { namespace: 'of-profile' },
    });
    expect(read(from, { TEMPORAL_ADDRESS: 'variable:2' }).connection.address).toBe('variable:2');
    const ours = { TEMPORAL_ADDRESS: 'variable:2', PRUNEFRONT_TEMPORAL: 'ours:3' };
    expect(read(from, ours).connection.address).toBe('ours:3');
    expect(read([...from, '--temporal', 'flag:4'], ours).connection.address).toBe('flag:4');
  });

  it('given a profile that does not exist, then it is a usage error', async () => {
    const file = join(await temporaryFolder(), 'temporal.toml');
    await writeFile(file, '[profile.cloud]\naddress = "x:1"\n');
    const args = ['--temporal-config', file, '--temporal-profile', 'clod'];
    const { facts } = await errorOf('PRUNEFRONT_USAGE', () => read(args));
    expect(facts).toMatchObject({ found: expect.stringContaining('clod') });
  });

  it('given an authority, a certificate and its key, then both kinds of connection get them; given half of the pair, then it is refused', async () => {
    const folder = await temporaryFolder();
    const [ca, crt, key] = ['ca', 'crt', 'key'].map((name) => join(folder, name));
    for (const file of [ca, crt, key]) await writeFile(file ?? '', `pem of ${file}`);
    const args = [
      '--temporal-tls-ca',
      ca ?? '',
      '--temporal-tls-cert',
      crt ?? '',
      '--temporal-tls-server-name',
      'name',
    ];
    const { connection } = read([...args, '--temporal-tls-key', key ?? '']);
    expect(connection.tls).toEqual({
      ...{ serverRootCACertificate: Buffer.from(`pem of ${ca}`), serverNameOverride: 'name' },
      clientCertPair: { crt: Buffer.from(`pem of ${crt}`), key: Buffer.from(`pem of ${key}`) },
    });
    await errorOf('PRUNEFRONT_USAGE', () => read(args));
    await errorOf('PRUNEFRONT_USAGE', () => read(['--temporal-tls-ca', join(folder, 'none')]));
  });

  it('given an API key, then TLS is on without being asked for, and neither the key nor a certificate is shown', () => {
    const settings = read(['--temporal-api-key', 'hush']);
    expect(settings.connection).toMatchObject({ tls: true, apiKey: 'hush' });
    expect(JSON.stringify(describeTemporal(settings))).not.toContain('hush');
    expect(describeTemporal(settings)).toMatchObject({ 'temporal-tls': 'on', 'temporal-api-key': '***' });
    expect(read(['--temporal-api-key', 'hush', '--temporal-tls', 'off']).connection.tls).toBe(false);
  });
});
