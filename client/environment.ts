import { readFileSync } from 'node:fs';
import { PrunefrontError } from '../core/errors.js';
import type { ClientSecurity } from './client-options.js';

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Credentials as a command line names them: what is left out comes from the environment, and an empty path means none. */
export interface NamedCredentials {
  readonly token?: string;
  readonly tls?: boolean;
  /** Path of a PEM file; so are the next two. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The address in PRUNEFRONT_GATEWAY; null without one. */
export function gatewayOf(environment: Environment): string | null {
  // An empty one is none.
  return environment['PRUNEFRONT_GATEWAY'] || null;
}

/**
 * How a client shows who it is: what was given, else PRUNEFRONT_TOKEN, PRUNEFRONT_CA, PRUNEFRONT_CERT and PRUNEFRONT_KEY.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where a file cannot be read, or a certificate has no key
 */
export function readSecurity(given: NamedCredentials, environment: Environment): ClientSecurity {
  const file = (option: 'ca' | 'cert' | 'key'): Buffer | undefined => {
    const variable = `PRUNEFRONT_${option.toUpperCase()}`;
    const path = given[option] ?? environment[variable];
    return path ? readPem(given[option] === undefined ? variable : `--${option}`, path) : undefined;
  };
  const token = given.token || environment['PRUNEFRONT_TOKEN'] || undefined;
  const [ca, certificate, key] = [file('ca'), file('cert'), file('key')];
  if ((certificate === undefined) !== (key === undefined)) throw unpaired(certificate === undefined);
  return {
    ...(token === undefined ? {} : { token }),
    ...(given.tls === true ? { tls: true } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
  };
}

function unpaired(lacksCertificate: boolean): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_USAGE', 'A certificate and its key go together', {
    place: lacksCertificate ? '--cert' : '--key',
    found: lacksCertificate ? 'a key without its certificate' : 'a certificate without its key',
    hint: 'give both of --cert and --key, or PRUNEFRONT_CERT and PRUNEFRONT_KEY',
  });
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
