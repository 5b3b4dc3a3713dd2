import { gatewayOf, type NamedCredentials, readSecurity } from '../client/environment.js';
import { PrunefrontClient } from '../client/prunefront-client.js';
import { PrunefrontError } from '../core/errors.js';
import { type LocalStackOptions, runningGateway, startLocalStack } from './local-stack.js';

/** Options that say which gateway a command talks to. */
export interface ConnectionOptions extends NamedCredentials {
  readonly gateway?: string;
  readonly local?: boolean;
  readonly state: string;
  readonly slots?: number;
  /** How an embedded stack starts. */
  readonly starting?: Omit<LocalStackOptions, 'slots' | 'profile' | 'plugin'>;
  /** Folder for traces of the trainers of `--local`. */
  readonly profile?: string;
  /** Plugins that `--local` loads; files, separated by commas. */
  readonly plugin?: string;
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
        options.gateway || gatewayOf(process.env) || runningGateway(options.state);
  if (address === null && options.local !== true) {
    throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'No gateway is known', {
      found: `no stack runs on ${options.state}`,
      allowed: '--gateway HOST:PORT, PRUNEFRONT_GATEWAY, --local, or a sweep that runs with --local --state',
      hint: 'add --local to start the embedded stack for this command, or --state FOLDER of one that runs',
    });
  }
  if (address !== null && options.plugin !== undefined) {
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'Plugins are loaded by the processes of a cluster', {
      place: '--plugin',
      found: `the gateway ${address}`,
      allowed: '--plugin with --local',
      hint: 'its operator starts gateway, orchestrator and workers with --plugin FILE',
    });
  }
  // An embedded stack asks for nothing.
  const shown = address === null ? {} : readSecurity(options, process.env);
  const { slots, profile, plugin, starting } = options;
  const stack = address === null ? await startLocalStack(options.state, { slots, profile, plugin, ...starting }) : null;
  const gateway = new PrunefrontClient(stack?.gateway ?? address ?? '', shown);
  try {
    return await action(gateway, stack?.page ?? null);
  } finally {
    gateway.close();
    await stack?.stop();
  }
}
