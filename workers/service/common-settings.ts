import type { SettingTable } from './settings.js';

/** Which Temporal a process works with, and how. */
export const TEMPORAL_SETTINGS = {
  temporal: {
    value: 'HOST:PORT',
    help: 'address of the Temporal server (default: that of the profile, else localhost:7233)',
  },
  namespace: { value: 'NAME', help: 'Temporal namespace (default: that of the profile, else default)' },
  'temporal-profile': { value: 'NAME', help: "profile in the Temporal CLI's configuration (default: default)" },
  'temporal-config': {
    value: 'FILE',
    help: "the Temporal CLI's configuration (default: TEMPORAL_CONFIG_FILE, else where the CLI has it)",
  },
  'temporal-tls': {
    value: 'on|off',
    help: 'TLS towards Temporal (default: on with a certificate, authority or API key)',
  },
  'temporal-tls-ca': { value: 'FILE', help: "authority of the server's certificate, PEM" },
  'temporal-tls-cert': { value: 'FILE', help: "client's certificate for mutual TLS, PEM" },
  'temporal-tls-key': { value: 'FILE', help: "key of the client's certificate, PEM" },
  'temporal-tls-server-name': {
    value: 'NAME',
    help: "name that the server's certificate is for, where it is not the host",
  },
  'temporal-api-key': {
    value: 'KEY',
    help: 'API key; better by its variable, which no process list shows',
    secret: true,
  },
  'payload-keys': {
    value: 'FILE',
    help: 'keys that encrypt everything that Temporal stores; the same in all processes',
  },
} as const satisfies SettingTable;

/** The store that all processes share. */
export const STORE_SETTINGS = {
  store: { value: 'FOLDER', help: 'the artifact store, the same folder for all processes', required: true },
} as const satisfies SettingTable;

/** Plugins; who validates specs, names stages and trains has to know the same ones. */
export const PLUGIN_SETTINGS = {
  plugin: {
    value: 'FILE[,FILE]',
    help: 'plugins whose pieces specs may name, ES modules; the same in all processes (docs/plugins.md)',
  },
} as const satisfies SettingTable;

/** How long a process may take to end. */
export const DRAIN_SETTINGS = {
  'drain-timeout': {
    value: 'MS',
    help: 'milliseconds that a process may take to hand over what it does when it is told to end',
    default: '30000',
  },
} as const satisfies SettingTable;

/** Where a process without calls of its own tells of itself. */
export function operationSettings<const Http extends string, const Health extends string>(http: Http, health: Health) {
  return {
    http: {
      value: 'HOST:PORT',
      help: 'where /healthz, /readyz, /configz and /metrics are; where nobody gave it and it is taken, a free port',
      default: http,
    },
    health: {
      value: 'HOST:PORT',
      help: "where gRPC's health protocol is; where nobody gave it and it is taken, a free port",
      default: health,
    },
  } as const satisfies SettingTable;
}
