import { DRAIN_SETTINGS, PLUGIN_SETTINGS, STORE_SETTINGS, TEMPORAL_SETTINGS } from '../service/common-settings.js';

/** What the gateway is, and what can be set. */
export const GATEWAY = {
  process: 'gateway',
  summary: 'Serves the calls of Prunefront to commands and programs. Any number may run.',
  table: {
    ...STORE_SETTINGS,
    ...PLUGIN_SETTINGS,
    ...TEMPORAL_SETTINGS,
    listen: { value: 'HOST:PORT', help: 'where gRPC is; port 0 takes a free one', default: '127.0.0.1:7400' },
    http: {
      value: 'HOST:PORT',
      help: 'where the page, the HTTP API, /healthz, /readyz, /configz and /metrics are; port 0 takes a free one',
      default: '127.0.0.1:7480',
    },
    tokens: { value: 'FILE', help: 'file of tokens, as `prunefront token` makes it; whoever calls needs one' },
    'tls-cert': { value: 'FILE', help: 'certificate that is shown to callers, PEM' },
    'tls-key': { value: 'FILE', help: 'its key, PEM' },
    'tls-client-ca': { value: 'FILE', help: 'authority of the certificates that callers show, PEM' },
    'tls-client-role': {
      value: 'ROLE',
      help: 'role of who has such a certificate and no token: viewer, operator or admin',
      default: 'viewer',
    },
    data: {
      value: 'FOLDER',
      help: 'specs of callers may name files below it only (default: any file that the gateway can read)',
    },
    audit: { value: 'FILE', help: 'audit log (default: audit/gateway.jsonl in the store)' },
    'device-kind': {
      value: 'KIND',
      help: 'kind of device of sweeps that name none, while no node has told its own',
      default: 'cpu',
    },
    window: { value: 'N', help: 'stages that each sweep has scheduled at once', default: '64' },
    ...DRAIN_SETTINGS,
  },
} as const;
