import type { FastifyRequest } from 'fastify';
import { PrunefrontError } from '../../../core/errors.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Refuses what another page makes a browser send to a gateway that asks for no credentials: a host name that leads here although it
 * is not ours (DNS rebinding), or an origin that is not this page.
 * @throws PrunefrontError `PRUNEFRONT_FOREIGN_ORIGIN`
 */
export function requireOwnOrigin({ headers, protocol }: Pick<FastifyRequest, 'headers' | 'protocol'>): void {
  const { host = '', origin } = headers;
  if (!LOOPBACK.test(host)) throw foreign('Host', host, 'localhost, 127.0.0.1 or [::1]');
  const own = `${protocol}://${host}`;
  if (origin !== undefined && origin !== own) throw foreign('Origin', origin, own);
}

function foreign(place: string, found: string, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_FOREIGN_ORIGIN', 'A gateway without credentials answers its own page only', {
    place,
    found,
    allowed,
    hint: 'open it by its own address, or give it tokens',
  });
}
