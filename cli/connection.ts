import { readFileSync } from 'node:fs';
import type { ClientSecurity } from '../client/client-options.js';
import { PrunefrontClient } from '../client/prunefront-client.js';
import { PrunefrontError } from '../core/errors.js';
import { runningGateway, startLocalStack } from './local-stack.js';

/** Options that say which gateway a command talks to. */
export interface ConnectionOptions {
  readonly gateway?: string;
  readonly local?: boolean;
  readonly state: string;
  readonly slots?: number;
  readonly token?: string;
  readonly tls?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Where `--local` keeps its state. */
export const DEFAULT_STATE = '.prunefront';

/** Runs an action on the gateway of the options, and closes what it opened. Of an embedded stack the action is told the page, too. */
export async function withGateway<T>(
  options: ConnectionOptions,
  action: (gateway: PrunefrontClient, page: string | null) => Promise<T>,
): Promise<T> {
  const address =
    options.local === true
      ? null
      : // An empty one is none.
        options.gateway || process.env['PRUNEFRONT_GATEWAY'] || runningGateway(options.state);
  if (address === null && options.local !== true) {
    throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'No gateway is known', {
      found: `no stack runs on ${options.state}`,
      allowed: '--gateway HOST:PORT, PRUNEFRONT_GATEWAY, --local, or a sweep that runs with --local --state',
      hint: 'add --local to start the embedded stack for this command, or --state FOLDER of one that runs',
    });
  }
  const shown = address === null ? {} : security(options);
  const stack = address === null ? await startLocalStack(options.state, options.slots) : null;
  const gateway = new PrunefrontClient(stack?.gateway ?? address ?? '', shown);
  try {
    return await action(gateway, stack?.page ?? null);
  } finally {
    gateway.close();
    await stack?.stop();
  }
}

/** How the client shows who it is. An embedded stack asks for nothing. */
function security({ token, tls, ca, cert, key }: ConnectionOptions): ClientSecurity {
  const file = (option: string, path: string | undefined): Buffer | undefined =>
    path ? readPem(option, path) : undefined;
  const given = {
    token: token || process.env['PRUNEFRONT_TOKEN'] || undefined,
    tls: tls === true || undefined,
    ca: file('--ca', ca ?? process.env['PRUNEFRONT_CA']),
    certificate: file('--cert', cert ?? process.env['PRUNEFRONT_CERT']),
    key: file('--key', key ?? process.env['PRUNEFRONT_KEY']),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as ClientSecurity;
}

function readPem(place: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new PrunefrontError(
      'PRUNEFRONT_USAGE',
      'A certificate or key cannot be read',
      { place, found },
      { cause: error },
    );
  }
}
