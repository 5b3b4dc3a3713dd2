import { timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { describeError, PrunefrontError, toErrorData } from '../../../core/errors.js';
import { LOCAL, mayDo, type Principal, type Role } from './roles.js';
import { counts, hashOf, readTokens, type StoredToken } from './token-file.js';

/** What a transport has of who asks. */
export interface Credentials {
  /** Token of an `Authorization: Bearer` header. */
  readonly bearer: string | null;
  /** Common name of a client certificate that the gateway's authority has signed. */
  readonly certificate: string | null;
}

/** What counts as a credential. */
export interface AccessOptions {
  /** File of tokens; null where none are asked for. */
  readonly tokens: string | null;
  /** Role of who has a client certificate and no token; null where certificates alone open nothing. */
  readonly certificateRole: Role | null;
}

/** Decides who asks, and what they may do: the same for every transport. */
export class Access {
  private file: { readonly version: string; readonly tokens: readonly StoredToken[] } = { version: '', tokens: [] };

  private constructor(private readonly options: AccessOptions) {}

  /** @throws PrunefrontError `PRUNEFRONT_USAGE` where the file of tokens cannot be read */
  static async open(options: AccessOptions): Promise<Access> {
    const access = new Access(options);
    if (options.tokens !== null) await access.tokens(options.tokens);
    return access;
  }

  /** Whether a file of tokens is asked for and nobody can have one of it. */
  get isEmpty(): boolean {
    return this.options.tokens !== null && this.options.certificateRole === null && this.file.tokens.length === 0;
  }

  /** Whether credentials are asked for at all. */
  get asks(): boolean {
    return this.options.tokens !== null || this.options.certificateRole !== null;
  }

  /**
   * Who has these credentials. A token decides before a certificate does.
   * @throws PrunefrontError `PRUNEFRONT_UNAUTHENTICATED`
   */
  async authenticate({ bearer, certificate }: Credentials): Promise<Principal> {
    const { tokens: file, certificateRole } = this.options;
    if (!this.asks) return LOCAL;
    if (file !== null && bearer !== null) return principalOf(await this.tokens(file), bearer);
    if (certificate !== null && certificateRole !== null) return { name: certificate, role: certificateRole };
    throw new PrunefrontError('PRUNEFRONT_UNAUTHENTICATED', 'This gateway asks for a token', {
      found: 'no token',
      allowed: 'Authorization: Bearer TOKEN',
      hint: 'give one with --token or PRUNEFRONT_TOKEN',
    });
  }

  /** The tokens of the file as it is now: whoever revokes one is heard at the next call. */
  private async tokens(file: string): Promise<readonly StoredToken[]> {
    const version = await stat(file).then(
      ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
      () => 'missing',
    );
    if (version === this.file.version) return this.file.tokens;
    try {
      this.file = { version, tokens: await readTokens(file) };
    } catch (error) {
      if (this.file.version === '') throw error;
      // Callers are none the wiser for it; whoever broke the file is told, and those who had a token keep it.
      process.stderr.write(`gateway: the tokens stay as they were: ${describeError(toErrorData(error))}\n`);
      this.file = { version, tokens: this.file.tokens };
    }
    return this.file.tokens;
  }
}

/**
 * Says whether a principal may make a call.
 * @throws PrunefrontError `PRUNEFRONT_FORBIDDEN`
 */
export function requireRole({ name, role }: Principal, needed: Role, method: string): void {
  if (mayDo(role, needed)) return;
  throw new PrunefrontError('PRUNEFRONT_FORBIDDEN', `${name} may not call ${method}`, {
    place: method,
    found: role,
    allowed: needed === 'admin' ? 'admin' : `${needed} or more`,
    hint: `ask an administrator for a token with the role ${needed}`,
  });
}

function principalOf(tokens: readonly StoredToken[], bearer: string): Principal {
  const asked = Buffer.from(hashOf(bearer), 'hex');
  // All are compared, so that the time tells nothing about any of them.
  const [match] = tokens.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), asked));
  const refuse = (message: string, hint: string): never => {
    throw new PrunefrontError('PRUNEFRONT_UNAUTHENTICATED', message, { hint });
  };
  if (match === undefined) return refuse('The gateway does not know this token', 'ask an administrator for one');
  if (match.revokedAt !== null)
    return refuse(`The token ${match.name} was revoked`, 'ask an administrator for a new one');
  if (!counts(match))
    return refuse(`The token ${match.name} expired at ${match.expiresAt}`, 'ask an administrator for a new one');
  return { name: match.name, role: match.role };
}
