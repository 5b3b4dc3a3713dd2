import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
  type ChannelCredentials,
  type ClientOptions,
  credentials,
  InterceptingCall,
  type Interceptor,
} from '@grpc/grpc-js';

/** How a client shows who it is, and knows whom it talks to. */
export interface ClientSecurity {
  /** Token that an administrator of the gateway made. */
  readonly token?: string;
  /** Use TLS; implied by the certificates below. */
  readonly tls?: boolean;
  /** Certificates of the authorities that the gateway's one may come from, PEM; those of Node without it. */
  readonly ca?: Buffer;
  /** Certificate of the client, PEM, where the gateway asks for one. */
  readonly certificate?: Buffer;
  /** Its private key, PEM. */
  readonly key?: Buffer;
}

const LONGEST_ANSWER = 64 * 1024 * 1024;

/** Options of a channel: a connection that is dead without a word is noticed, and tried again soon. */
export function channelOptions(address: string, { token }: ClientSecurity): ClientOptions {
  return {
    'grpc.max_receive_message_length': LONGEST_ANSWER,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 5000,
    ...(ipOf(address) === null ? {} : { 'grpc.ssl_target_name_override': NO_NAME }),
    ...(token === undefined ? {} : { interceptors: [bearer(token)] }),
  };
}

/** Whether a client talks TLS. */
export function isTls({ tls, ca, certificate }: ClientSecurity): boolean {
  return tls === true || ca !== undefined || certificate !== undefined;
}

/** Credentials of a channel. */
export function channelCredentials(address: string, security: ClientSecurity): ChannelCredentials {
  if (!isTls(security)) return credentials.createInsecure();
  const { ca, certificate, key } = security;
  const ip = ipOf(address);
  // The name that is sent is nobody's; the certificate has to be for the address.
  const verify =
    ip === null ? {} : { checkServerIdentity: (_: string, peer: PeerCertificate) => checkServerIdentity(ip, peer) };
  return credentials.createSsl(ca ?? null, key ?? null, certificate ?? null, verify);
}

/** TLS has no server names that are addresses, and gRPC always sends one: a name that no server can have, so that it takes its usual certificate. */
const NO_NAME = 'address.invalid';

/** The IP address of `host:port`; null where the host has a name. */
function ipOf(address: string): string | null {
  const host = address
    .replace(/^(dns|ipv4|ipv6):(\/\/\/?)?/, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? null : host;
}

/** Not as call credentials, which gRPC sends over TLS only: a gateway on loopback may ask for tokens too. */
function bearer(token: string): Interceptor {
  return (options, next) =>
    new InterceptingCall(next(options), {
      start(metadata, listener, start) {
        metadata.set('authorization', `Bearer ${token}`);
        start(metadata, listener);
      },
    });
}
