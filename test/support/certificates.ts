import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate with its key: their files, and what is in them. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/** An authority of a test's own, made by openssl. */
export class TestAuthority {
  readonly own: Certificate;

  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {
    this.own = this.made(name, ['-x509', '-days', '2', '-subj', `/CN=${name}`]);
  }

  /** A certificate for a common name, good for loopback. */
  issue(commonName: string): Certificate {
    const path = (kind: string): string => join(this.folder, `${this.name}-${commonName}.${kind}`);
    const { keyFile } = this.own;
    openssl('req', ...newKey(path('key')), '-subj', `/CN=${commonName}`, '-out', path('csr'));
    writeFileSync(path('ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost');
    const signed = ['-in', path('csr'), '-CA', this.own.certificateFile, '-CAkey', keyFile, '-CAcreateserial'];
    openssl('x509', '-req', ...signed, '-days', '2', '-extfile', path('ext'), '-out', path('crt'));
    return read(path('crt'), path('key'));
  }

  private made(name: string, args: readonly string[]): Certificate {
    const path = (kind: string): string => join(this.folder, `${name}.${kind}`);
    openssl('req', ...newKey(path('key')), ...args, '-out', path('crt'));
    return read(path('crt'), path('key'));
  }
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file];
}

function read(certificateFile: string, keyFile: string): Certificate {
  return { certificateFile, keyFile, certificate: readFileSync(certificateFile), key: readFileSync(keyFile) };
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
