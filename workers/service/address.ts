import { PrunefrontError } from '../../core/errors.js';

/** Where something listens. */
export interface Address {
  /** Name or number, without brackets. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/**
 * An address as people write it: `HOST:PORT`, or `[HOST]:PORT` for IPv6. A part that is missing would mean every interface or any port to
 * those who listen, so that nothing is filled in.
 * @param place - the setting that it comes from
 * @throws PrunefrontError `PRUNEFRONT_USAGE`
 */
export function addressOf(place: string, text: string): Address {
  const [, v6, name, digits = ''] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^[\]:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new PrunefrontError('PRUNEFRONT_USAGE', 'This is no address to listen at', {
    ...{ place, found: text, allowed: 'HOST:PORT, as 127.0.0.1:7400 or [::1]:7400; port 0 takes a free one' },
  });
}

/** Whether only this machine reaches an address. */
export function isLoopback({ host }: Address): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
