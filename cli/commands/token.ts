import { Command, InvalidArgumentError, Option } from 'commander';
import { ROLES, type Role } from '../../workers/gateway/access/roles.js';
import {
  counts,
  createToken,
  readTokens,
  revokeToken,
  type StoredToken,
} from '../../workers/gateway/access/token-file.js';
import { print, printJson } from '../output.js';

interface Options {
  readonly tokens: string;
  readonly json?: boolean;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, y: 365 * 86_400_000 };

/** `prunefront token …`: who may call a gateway, in a file beside it. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('make, list and revoke the tokens of a gateway, on the machine of its file')
    .addHelpText('after', '\nExample:\n  prunefront token create ci --role operator --expires 90d --tokens tokens.json')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand());
}

function tokenSubcommand(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--tokens <file>', 'the file that the gateway has with --tokens')
    .option('--json', 'JSON, for programs')
    .addHelpText('after', `\nExample:\n  prunefront token ${name} ${example}--tokens tokens.json`);
}

function createCommand(): Command {
  return tokenSubcommand(
    'create',
    'make a token; it is shown once, and its file keeps a hash of it only',
    'ci --role operator --expires 90d ',
  )
    .argument('<name>', 'who uses it; written into the audit log')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--expires <time>', 'how long it counts, such as 12h, 90d or 1y (default: until it is revoked)', duration)
    .action(async (name: string, options: Options & { readonly role: Role; readonly expires?: number }) => {
      const { tokens, role, expires, json } = options;
      const expiresAt = expires === undefined ? null : new Date(Date.now() + expires);
      const { token, stored } = await createToken(tokens, name, role, expiresAt);
      if (json === true) return printJson({ token, ...shown(stored) });
      print(token);
      process.stderr.write(
        `The token ${name} (${role}) is shown this once. Give it with PRUNEFRONT_TOKEN or --token.\n`,
      );
    });
}

function listCommand(): Command {
  return tokenSubcommand('list', 'the tokens of a file, without what they are', '').action(async (options: Options) => {
    const stored = await readTokens(options.tokens);
    if (options.json === true) return printJson(stored.map(shown));
    if (stored.length === 0) print('There is no token yet.');
    for (const each of stored) {
      const until = each.expiresAt === null ? 'does not expire' : `until ${each.expiresAt}`;
      print(`${each.name.padEnd(24)} ${each.role.padEnd(9)} ${stateOf(each).padEnd(8)} ${until}`);
    }
  });
}

function revokeCommand(): Command {
  return tokenSubcommand('revoke', 'make a token count no more, at once, at every gateway that has the file', 'ci ')
    .argument('<name>', 'its name')
    .action(async (name: string, { tokens, json }: Options) => {
      await revokeToken(tokens, name);
      if (json === true) printJson({ name, state: 'revoked' });
      else print(`${name}: revoked`);
    });
}

function shown({ sha256: _, ...rest }: StoredToken) {
  return rest;
}

function stateOf(token: StoredToken): string {
  if (token.revokedAt !== null) return 'revoked';
  return counts(token) ? 'counts' : 'expired';
}

/** Milliseconds of `90d`. */
function duration(text: string): number {
  const [, number = '', unit = ''] = /^([1-9]\d{0,4})([mhdy])$/.exec(text) ?? [];
  const milliseconds = UNITS[unit];
  if (milliseconds === undefined)
    throw new InvalidArgumentError('Allowed: minutes, hours, days or years: 30m, 12h, 90d, 1y.');
  return Number(number) * milliseconds;
}
