import { describe, expect, it } from 'vitest';
import { GATEWAY } from '../../../workers/gateway/settings.js';
import { NODE_WORKER } from '../../../workers/gpu-node/settings.js';
import { ORCHESTRATOR } from '../../../workers/orchestrator/settings.js';
import { helpOf, Settings, variableOf } from '../../../workers/service/settings.js';
import { errorOf } from '../../support/errors.js';

const TABLE = {
  store: { value: 'FOLDER', help: 'the store', required: true },
  'drain-timeout': { value: 'MS', help: 'patience', default: '30000' },
  'api-key': { value: 'KEY', help: 'the key', secret: true },
  node: { value: 'NAME', help: 'the name' },
} as const;
const STORE = ['--store', '/store'];

describe('the settings of a process', () => {
  it('given a flag, a variable and a default, then the flag wins over the variable, and that over the default', () => {
    const variable = { PRUNEFRONT_DRAIN_TIMEOUT: '2' };
    expect(Settings.read(TABLE, [...STORE, '--drain-timeout', '1'], variable).whole('drain-timeout')).toBe(1);
    expect(Settings.read(TABLE, STORE, variable).whole('drain-timeout')).toBe(2);
    expect(Settings.read(TABLE, STORE, {}).whole('drain-timeout')).toBe(30_000);
  });

  it('given an empty variable, as templates leave it, then it counts as not given', () => {
    expect(Settings.read(TABLE, STORE, { PRUNEFRONT_DRAIN_TIMEOUT: '' }).text('drain-timeout')).toBe('30000');
  });

  it('given a required setting that nobody gave, then the error names flag and variable', async () => {
    const { facts } = await errorOf('PRUNEFRONT_USAGE', () => Settings.read(TABLE, [], {}));
    expect(facts).toEqual({ place: '--store', hint: '--store FOLDER, or PRUNEFRONT_STORE' });
  });

  it('given a flag that does not exist, then it is refused with the nearest that does', async () => {
    const { facts } = await errorOf('PRUNEFRONT_USAGE', () => Settings.read(TABLE, ['--stroe', 'x'], {}));
    expect(facts).toMatchObject({ place: '--stroe', hint: 'did you mean --store?' });
  });

  it('given a number that is none in a variable, then the error names the variable', async () => {
    const settings = Settings.read(TABLE, STORE, { PRUNEFRONT_DRAIN_TIMEOUT: 'soon' });
    const { facts } = await errorOf('PRUNEFRONT_USAGE', () => settings.whole('drain-timeout'));
    expect(facts).toMatchObject({ place: 'PRUNEFRONT_DRAIN_TIMEOUT', found: 'soon' });
  });

  it('given a secret, then what people see has stars for it', () => {
    const settings = Settings.read(TABLE, STORE, { PRUNEFRONT_API_KEY: 'hidden' });
    expect(settings.text('api-key')).toBe('hidden');
    expect(settings.masked()).toEqual({ store: '/store', 'drain-timeout': '30000', 'api-key': '***' });
  });

  it.each([GATEWAY, ORCHESTRATOR, NODE_WORKER])('given --help of $process, then every setting is there', (service) => {
    const { process, summary, table } = service;
    const help = helpOf(process, summary, table);
    for (const name of Object.keys(table)) expect(help).toContain(`  --${name} `);
    expect(help).toContain(summary);
  });

  it('given a setting of several words, then its variable has underscores', () => {
    expect(variableOf('temporal-tls-ca')).toBe('PRUNEFRONT_TEMPORAL_TLS_CA');
  });
});
