import type { DataConverter } from '@temporalio/common';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { PrunefrontError } from '../../core/errors.js';
import type { TEMPORAL_SETTINGS } from './common-settings.js';
import { readCredential } from './credential-file.js';
import { encryptingConverter } from './data-converter.js';
import { type PayloadKeys, readPayloadKeys } from './payload-keys.js';
import { MASK, type Settings } from './settings.js';

type Tls = NonNullable<ClientConnectConfig['connectionOptions']['tls']>;

/** Which Temporal a process works with: enough for a worker's connection and for a client's. */
export interface TemporalSettings {
  readonly connection: {
    readonly address: string;
    readonly tls?: Tls;
    readonly apiKey?: string;
    readonly metadata?: Record<string, string>;
  };
  readonly client: { readonly namespace: string; readonly dataConverter?: DataConverter };
  /** What payloads are encrypted with; absent where they are plain. */
  readonly payloadKeys?: PayloadKeys;
}

const ADDRESS = 'localhost:7233';
const NAMESPACE = 'default';

/**
 * What a process's settings say of Temporal; what they leave open comes from TEMPORAL_* variables and the profile of Temporal's CLI.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` for files that cannot be read, `PRUNEFRONT_PAYLOAD_KEYS`
 */
export function temporalSettings(
  settings: Settings<typeof TEMPORAL_SETTINGS>,
  environment: Readonly<Record<string, string | undefined>>,
): TemporalSettings {
  const profile = profileOf(settings, environment);
  const { connectionOptions } = profile;
  const apiKey = settings.text('temporal-api-key') ?? connectionOptions.apiKey;
  const tls = tlsOf(settings, connectionOptions.tls ?? undefined, apiKey !== undefined);
  const metadata = connectionOptions.metadata as Record<string, string> | undefined;
  const file = settings.text('payload-keys');
  const keys = file === undefined ? undefined : readPayloadKeys(file);
  return {
    connection: {
      address: settings.text('temporal') ?? connectionOptions.address ?? ADDRESS,
      ...(tls === undefined ? {} : { tls }),
      ...(typeof apiKey === 'string' ? { apiKey } : {}),
      ...(metadata === undefined ? {} : { metadata }),
    },
    client: {
      namespace: settings.text('namespace') ?? profile.namespace ?? NAMESPACE,
      ...(keys === undefined ? {} : { dataConverter: encryptingConverter(keys) }),
    },
    ...(keys === undefined ? {} : { payloadKeys: keys }),
  };
}

/** What Temporal came out as, for people, wherever each part came from. */
export function describeTemporal({ connection, client }: TemporalSettings): Readonly<Record<string, string>> {
  const { address, tls, apiKey } = connection;
  const authenticated = typeof tls === 'object' && (tls.clientCertPair ?? null) !== null;
  return {
    temporal: address,
    namespace: client.namespace,
    'temporal-tls': tls === undefined || tls === false ? 'off' : authenticated ? 'mutual' : 'on',
    ...(apiKey === undefined ? {} : { 'temporal-api-key': MASK }),
    'payload-encryption': client.dataConverter === undefined ? 'off' : 'on',
  };
}

function profileOf(
  settings: Settings<typeof TEMPORAL_SETTINGS>,
  environment: Readonly<Record<string, string | undefined>>,
): ClientConnectConfig {
  const profile = settings.text('temporal-profile');
  const file = settings.text('temporal-config');
  const known = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    return loadClientConnectConfig({
      ...(profile === undefined ? {} : { profile }),
      ...(file === undefined ? {} : { configSource: { path: file } }),
      overrideEnvVars: Object.fromEntries(known),
    });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const place = file ?? settings.place('temporal-profile');
    throw new PrunefrontError(
      'PRUNEFRONT_USAGE',
      "The Temporal CLI's configuration cannot be used",
      { place, found, hint: 'temporal config list' },
      { cause: error },
    );
  }
}

function tlsOf(settings: Settings<typeof TEMPORAL_SETTINGS>, known: Tls | undefined, hasKey: boolean): Tls | undefined {
  const wanted = settings.text('temporal-tls');
  if (wanted !== undefined && wanted !== 'on' && wanted !== 'off')
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'TLS towards Temporal is on or off', {
      ...{ place: settings.place('temporal-tls'), found: wanted, allowed: 'on, off' },
    });
  if (wanted === 'off') return false;
  const authority = fileOf(settings, 'temporal-tls-ca');
  const crt = fileOf(settings, 'temporal-tls-cert');
  const key = fileOf(settings, 'temporal-tls-key');
  const name = settings.text('temporal-tls-server-name');
  if ((crt === undefined) !== (key === undefined))
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'Mutual TLS needs a certificate and its key', {
      place: settings.place(crt === undefined ? 'temporal-tls-key' : 'temporal-tls-cert'),
      allowed: '--temporal-tls-cert FILE with --temporal-tls-key FILE',
    });
  if (authority === undefined && crt === undefined && name === undefined)
    return wanted === 'on' || hasKey ? (known === undefined || known === false ? true : known) : known;
  return {
    ...(typeof known === 'object' ? known : {}),
    ...(authority === undefined ? {} : { serverRootCACertificate: authority }),
    ...(name === undefined ? {} : { serverNameOverride: name }),
    ...(crt === undefined || key === undefined ? {} : { clientCertPair: { crt, key } }),
  };
}

function fileOf(
  settings: Settings<typeof TEMPORAL_SETTINGS>,
  name: 'temporal-tls-ca' | 'temporal-tls-cert' | 'temporal-tls-key',
): Buffer | undefined {
  const file = settings.text(name);
  return file === undefined ? undefined : readCredential(settings.place(name), file);
}
