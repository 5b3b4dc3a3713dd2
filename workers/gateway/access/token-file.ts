import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { chmod, open, readFile, rename, rm } from 'node:fs/promises';
import { PrunefrontError } from '../../../core/errors.js';
import { ROLES, type Role } from './roles.js';

/** A token as its file keeps it: never the token itself. */
export interface StoredToken {
  /** Who uses it; unique among the tokens of a file. */
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token, in hex. */
  readonly sha256: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; null for one that does not expire. */
  readonly expiresAt: string | null;
  /** RFC 3339; null while it counts. */
  readonly revokedAt: string | null;
}

const TOKEN_BYTES = 32;
const PREFIX = 'prunefront_';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/;
const OWNER_ONLY = 0o600;

/** SHA-256 of a token, in hex. A token is random and long, so that no slower hash is needed. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * The tokens of a file; none where it does not exist.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it holds something else
 */
export async function readTokens(file: string): Promise<readonly StoredToken[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw notATokenFile(file, error.message);
  });
  if (text === null) return [];
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw notATokenFile(file, error instanceof Error ? error.message : String(error));
  }
  const tokens = typeof content === 'object' && content !== null && 'tokens' in content ? content.tokens : null;
  if (!Array.isArray(tokens)) throw notATokenFile(file, 'no list of tokens');
  const wrong = tokens.findIndex((each) => !isStoredToken(each));
  if (wrong >= 0) throw notATokenFile(file, `tokens[${wrong}]`);
  return tokens as StoredToken[];
}

/**
 * Makes a token and keeps its hash. The token is told here and never again.
 * @param expiresAt - null for one that does not expire
 * @throws PrunefrontError `PRUNEFRONT_CONFLICT` where a token that counts has the name, `PRUNEFRONT_USAGE` for a name that cannot be one
 */
export async function createToken(
  file: string,
  name: string,
  role: Role,
  expiresAt: Date | null,
): Promise<{ readonly token: string; readonly stored: StoredToken }> {
  if (!NAME.test(name)) {
    const allowed = 'letters, digits, ".", "_", "@" and "-", 63 at most';
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'A token cannot have this name', { found: name, allowed });
  }
  const token = `${PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const stored: StoredToken = {
    ...{ name, role, sha256: hashOf(token), createdAt: new Date().toISOString() },
    ...{ expiresAt: expiresAt?.toISOString() ?? null, revokedAt: null },
  };
  await change(file, (tokens) => {
    const same = tokens.find((each) => each.name === name);
    if (same !== undefined && counts(same)) {
      const hint = `prunefront token revoke ${name}`;
      throw new PrunefrontError('PRUNEFRONT_CONFLICT', `There is a token ${name} already`, { place: file, hint });
    }
    return [...tokens.filter((each) => each !== same), stored];
  });
  return { token, stored };
}

/**
 * Makes a token count no more, from the next call on.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where no token has the name
 */
export async function revokeToken(file: string, name: string): Promise<void> {
  await change(file, (tokens) => {
    if (!tokens.some((each) => each.name === name)) {
      const allowed = tokens.map((each) => each.name).join(', ') || 'none is there';
      throw new PrunefrontError('PRUNEFRONT_USAGE', `There is no token ${name}`, { place: file, found: name, allowed });
    }
    const revokedAt = new Date().toISOString();
    return tokens.map((each) => (each.name === name ? { ...each, revokedAt: each.revokedAt ?? revokedAt } : each));
  });
}

/** Whether a token is neither revoked nor expired. */
export function counts({ expiresAt, revokedAt }: StoredToken): boolean {
  return revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > Date.now());
}

/** Replaces the file as a whole, so that a gateway reads the old one or the new one; one who changes it at a time. */
async function change(file: string, to: (tokens: readonly StoredToken[]) => readonly StoredToken[]): Promise<void> {
  const lock = `${file}.lock`;
  const held = await open(lock, 'wx', OWNER_ONLY).catch((error: NodeJS.ErrnoException) => {
    const hint = error.code === 'EEXIST' ? `another command changes it; if none does, remove ${lock}` : undefined;
    const facts = { place: file, found: error.message, ...(hint === undefined ? {} : { hint }) };
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'The file of tokens cannot be changed', facts, { cause: error });
  });
  const temporary = `${file}.${randomUUID()}`;
  try {
    const text = `${JSON.stringify({ tokens: to(await readTokens(file)) }, null, 2)}\n`;
    const written = await open(temporary, 'wx', OWNER_ONLY);
    await written.writeFile(text);
    await written.sync();
    await written.close();
    await chmod(temporary, OWNER_ONLY);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
    await held.close();
    await rm(lock, { force: true });
  }
}

function isStoredToken(value: unknown): value is StoredToken {
  if (typeof value !== 'object' || value === null) return false;
  const { name, role, sha256, expiresAt, revokedAt } = value as Record<string, unknown>;
  const isTime = (text: unknown): boolean =>
    text === null || (typeof text === 'string' && !Number.isNaN(Date.parse(text)));
  return (
    typeof name === 'string' &&
    ROLES.some((each) => each === role) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    isTime(expiresAt) &&
    isTime(revokedAt)
  );
}

function notATokenFile(file: string, found: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_USAGE', 'This is no readable file of tokens', {
    ...{ place: file, found, hint: 'prunefront token create NAME --role ROLE --tokens FILE makes one' },
  });
}
