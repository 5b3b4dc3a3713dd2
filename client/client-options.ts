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
export function channelOptions({ token }: ClientSecurity): ClientOptions {
  return {
    'grpc.max_receive_message_length': LONGEST_ANSWER,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 5000,
    ...(token === undefined ? {} : { interceptors: [bearer(token)] }),
  };
}

/** Credentials of a channel. */
export function channelCredentials({ tls, ca, certificate, key }: ClientSecurity): ChannelCredentials {
  if (tls !== true && ca === undefined && certificate === undefined) return credentials.createInsecure();
  return credentials.createSsl(ca ?? null, key ?? null, certificate ?? null);
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
