import { PrunefrontError } from '../../../core/errors.js';
import { addressOf, isLoopback } from '../../service/address.js';
import { readCredential } from '../../service/credential-file.js';
import type { ServerTls } from '../grpc/grpc-server.js';
import type { Access, AccessOptions } from './access.js';
import { ROLES, type Role } from './roles.js';

/** How a gateway is guarded, as its command line says. */
export interface AccessSettings {
  /** File of tokens; null where none are asked for. */
  readonly tokens: string | null;
  /** Files of the server's certificate and key; null without TLS. */
  readonly tls: {
    readonly certificate: string;
    readonly key: string;
    /** File of the authority whose client certificates are asked for; null where none are. */
    readonly clientAuthority: string | null;
    /** Role of who has such a certificate and no token. */
    readonly clientRole: Role;
  } | null;
  /** File of the audit log; null where none is kept. */
  readonly audit: string | null;
}

/** A gateway that asks for nothing, for loopback only. */
export const UNGUARDED: AccessSettings = { tokens: null, tls: null, audit: null };

/** Options of the command line for `parseArgs`. */
export const ACCESS_FLAGS = {
  tokens: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-client-ca': { type: 'string' },
  'tls-client-role': { type: 'string', default: 'viewer' },
  audit: { type: 'string' },
} as const;

/**
 * What the command line says of access.
 * @param audit - where the audit log is without `--audit`
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where options contradict each other
 */
export function accessSettings(
  values: { readonly [Flag in keyof typeof ACCESS_FLAGS]?: string },
  audit: string | null,
): AccessSettings {
  const { tokens, 'tls-cert': certificate, 'tls-key': key, 'tls-client-ca': clientAuthority } = values;
  const role = ROLES.find((each) => each === values['tls-client-role']);
  if (role === undefined) {
    const facts = { place: '--tls-client-role', found: String(values['tls-client-role']), allowed: ROLES.join(', ') };
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'There is no such role', facts);
  }
  const settings = { tokens: tokens ?? null, audit: values.audit ?? audit };
  if (certificate !== undefined && key !== undefined)
    return { ...settings, tls: { certificate, key, clientAuthority: clientAuthority ?? null, clientRole: role } };
  if (certificate === undefined && key === undefined && clientAuthority === undefined)
    return { ...settings, tls: null };
  throw new PrunefrontError('PRUNEFRONT_USAGE', 'TLS needs a certificate and its key', {
    allowed: '--tls-cert FILE with --tls-key FILE',
  });
}

/** What counts as a credential by these settings. */
export function accessOptions({ tokens, tls }: AccessSettings): AccessOptions {
  return { tokens, certificateRole: tls === null || tls.clientAuthority === null ? null : tls.clientRole };
}

/**
 * The certificates that the settings name; null without TLS.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where one cannot be read
 */
export function serverTls({ tls }: AccessSettings): ServerTls | null {
  if (tls === null) return null;
  const { certificate, key, clientAuthority } = tls;
  return {
    certificate: readCredential('--tls-cert', certificate),
    key: readCredential('--tls-key', key),
    clientAuthority: clientAuthority === null ? null : readCredential('--tls-client-ca', clientAuthority),
  };
}

/**
 * Refuses to serve other machines without asking who they are.
 * @param places - addresses as `host:port` by the setting that they come from
 * @throws PrunefrontError `PRUNEFRONT_USAGE`
 */
export function requireCredentialsBeyondLoopback(places: Readonly<Record<string, string>>, asks: boolean): void {
  for (const [place, found] of Object.entries(places)) {
    if (isLoopback(addressOf(place, found)) || asks) continue;
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'Without credentials the gateway listens on loopback only', {
      ...{ place, found, allowed: '127.0.0.1, [::1] or localhost, or --tokens or --tls-client-ca' },
      hint: 'prunefront token create NAME --role admin --tokens FILE, then give --tokens FILE',
    });
  }
}

/**
 * What people should know of how a gateway is guarded, in sentences.
 * @param places - as above
 */
export function accessNotes(
  places: Readonly<Record<string, string>>,
  { tls, tokens }: AccessSettings,
  { asks, isEmpty }: Pick<Access, 'asks' | 'isEmpty'>,
): readonly string[] {
  if (!asks) return ['The gateway asks for no credentials, and so listens on loopback only.'];
  const seen = Object.entries(places).some(([place, address]) => !isLoopback(addressOf(place, address)));
  return [
    ...(isEmpty
      ? [`${tokens} holds no token yet: every call is refused until \`prunefront token create\` makes one.`]
      : []),
    ...(tls !== null || !seen
      ? []
      : ['The gateway serves without TLS: tokens can be read on the way unless something before it encrypts.']),
  ];
}
