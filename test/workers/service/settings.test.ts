import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TEMPORAL_SETTINGS } from '../../../workers/service/common-settings.js';
import { helpOf, Settings } from '../../../workers/service/settings.js';
import { describeTemporal, type TemporalSettings, temporalSettings } from '../../../workers/service/temporal-settings.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();

const TABLE = {
  store: { value: 'FOLDER', help: 'the store', required: true },
  'drain-timeout': { value: 'MS', help: 'time to end', default: '30000' },
  slots: { value: 'N', help: 'slots' },
  key: { value: 'KEY', help: 'a key', secret: true },
} as const;

describe('the settings of a process', () => {
  it('given a flag, a variable and a default, then the flag counts, else the variable, else the default', () => {
    const environment = { PRUNEFRONT_STORE: '/of/variable', PRUNEFRONT_DRAIN_TIMEOUT: '7', PRUNEFRONT_SLOTS: '' };
    const settings = Settings.read(TABLE, ['--store', '/of/flag'], environment);
    expect(settings.text('store')).toBe('/of/flag');
    expect(settings.whole('drain-timeout')).toBe(7);
    expect(settings.whole('slots')).toBeUndefined();
    expect(Settings.read(TABLE, [], { PRUNEFRONT_STORE: 's' }).whole('drain-timeout')).toBe(30_000);
  });

  it('given a wrong number, then the error names where it was given', async () => {
    const settings = Settings.read(TABLE, ['--store=s'], { PRUNEFRONT_SLOTS: 'many' });
    const { facts } = await errorOf('PRUNEFRONT_USAGE', () => settings.whole('slots'));
    expect(facts).toEqual({ place: 'PRUNEFRONT_SLOTS', found: 'many', allowed: '1 or more' });
  });

  it.each([
    ['an unknown flag', ['--stroe', 's'], 'did you mean --store?'],
    ['a required setting that is missing', [], '--store FOLDER, or PRUNEFRONT_STORE'],
  ])('given %s, then it is a usage error with a remedy', async (_, args, hint) => {
    const { facts } = await errorOf('PRUNEFRONT_USAGE', () => Settings.read(TABLE, args, {}));
    expect(facts).toMatchObject({ hint });
  });

  it.each([['a word that belongs to no flag', ['--store', 's', 'more']], ['a flag without its value', ['--store']]])(
    'given %s, then it is refused',
    async (_, args) => {
      await errorOf('PRUNEFRONT_USAGE', () => Settings.read(TABLE, args, {}));
    },
  );

  it('given a secret, then it is masked wherever it came from', () => {
    const masked = { store: 's', 'drain-timeout': '30000', key: '***' };
    expect(Settings.read(TABLE, ['--store', 's', '--key', 'hush'], {}).masked()).toEqual(masked);
    expect(Settings.read(TABLE, ['--store', 's'], { PRUNEFRONT_KEY: 'hush' }).masked()).toEqual(masked);
  });

  it('given its help, then every setting is there with its default', () => {
    const help = helpOf('worker', 'Trains.', TABLE);
    expect(help).toMatch(/--store FOLDER +the store \(required\)\n/);
    expect(help).toMatch(/--drain-timeout MS +time to end \(default: 30000\)\n/);
  });
});

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
    const args = ['--temporal-tls-ca', ca ?? '', '--temporal-tls-cert', crt ?? '', '--temporal-tls-server-name', 'name'];
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
