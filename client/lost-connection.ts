import { PrunefrontError } from '../core/errors.js';

/** Whom a client talks to, and how. */
export interface Peer {
  /** `host:port`. */
  readonly address: string;
  readonly tls: boolean;
}

interface Fault {
  readonly message: string;
  readonly hint: string;
  /** Where the message does not say it all. */
  readonly found?: string;
}

/** Why a gateway cannot be talked to, out of what gRPC says of it. */
export function lostConnection({ address, tls }: Peer, details: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_UNREACHABLE', ...described(fault(address, tls, details), address));
}

function described({ message, ...facts }: Fault, place: string): [string, { place: string }] {
  return [message, { place, ...facts }];
}

function fault(address: string, tls: boolean, details: string): Fault {
  const found = essence(details);
  if (/ECONNREFUSED|ENOENT/.test(found))
    return {
      message: `Nothing listens at ${address}`,
      hint: 'start the gateway, give its address with --gateway, or run with --local',
    };
  if (/Name resolution failed|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/.test(found))
    return { message: `${address} cannot be reached`, found, hint: 'give the address of the gateway with --gateway' };
  if (/ALTNAME/.test(found))
    return {
      message: `The certificate of ${address} is for another name`,
      found,
      hint: 'give an address that its certificate names with --gateway',
    };
  // Before a handshake ends, an alert is about the certificate of the client.
  if (/alert|certificate required/.test(found)) return { ...notAccepted(address, found), hint: OWN_CERTIFICATE };
  if (/wrong version number|packet length too long/.test(found))
    return { ...notAccepted(address, found), hint: 'it does not speak TLS: leave out --ca, --cert and --tls' };
  if (/certificate|self[- ]signed/i.test(found))
    return { message: `The certificate of ${address} is not trusted`, found, hint: '--ca FILE of its authority' };
  if (/^No connection established/.test(details))
    return { ...notAccepted(address, found), hint: tls ? OWN_CERTIFICATE : 'if it speaks TLS give --ca FILE or --tls' };
  return { message: `The connection to ${address} broke`, found, hint: 'try again once the gateway is there' };
}

const OWN_CERTIFICATE = 'give a certificate that it trusts with --cert and --key';

function notAccepted(address: string, found: string): { readonly message: string; readonly found: string } {
  return { message: `The connection to ${address} is not accepted`, found };
}

/** What gRPC says, without its notes on names, times and where in OpenSSL it was. */
function essence(details: string): string {
  return details
    .replace(/^No connection established\. Last error: (Error: )?/, '')
    .replace(/\.?\s*Resolution note:.*$/s, '')
    .replace(/\s*\(\d{4}-\d\d-\d\dT[\d:.]+Z\)/g, '')
    .replace(/[0-9A-F]+:error:[0-9A-F]+:([^:]*):[^:]*:([^:]*):[\s\S]*$/, '$1: $2')
    .trim();
}
