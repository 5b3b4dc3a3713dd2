import { DRAIN_SETTINGS, STORE_SETTINGS, TEMPORAL_SETTINGS } from '../service/common-settings.js';

/** What a gateway is, and what can be set. */
export const GATEWAY = {
  process: 'gateway',
  summary: 'Answers people and programs over gRPC. Any number may run.',
  table: {
    ...STORE_SETTINGS,
    listen: { value: 'HOST:PORT', help: 'where gRPC is served', default: '127.0.0.1:7400' },
    window: { value: 'N', help: 'stages of a sweep that are scheduled at once', default: '64' },
    'device-kind': {
      value: 'KIND',
      help: 'kind of device of sweeps that name none, while no node has told its own',
      default: 'cpu',
    },
    tokens: { value: 'FILE', help: 'file of tokens, as `prunefront token` writes it; with it calls need one' },
    'tls-cert': { value: 'FILE', help: "the gateway's certificate, PEM" },
    'tls-key': { value: 'FILE', help: 'its key, PEM' },
    'tls-client-ca': { value: 'FILE', help: "authority of clients' certificates, PEM; with it clients need one" },
    'tls-client-role': { value: 'ROLE', help: 'role of who has a certificate and no token', default: 'viewer' },
    audit: { value: 'FILE', help: 'the audit log (default: audit/gateway.jsonl in the store)' },
    ...TEMPORAL_SETTINGS,
    ...DRAIN_SETTINGS,
  },
} as const;
