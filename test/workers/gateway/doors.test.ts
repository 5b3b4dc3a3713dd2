import { symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PrunefrontClient } from '../../../client/prunefront-client.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { type AccessSettings, UNGUARDED } from '../../../workers/gateway/access/access-settings.js';
import { createToken } from '../../../workers/gateway/access/token-file.js';
import type { GatewayOptions } from '../../../workers/gateway/gateway.js';
import { TestAuthority } from '../../support/certificates.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { TestGateway } from '../../support/test-gateway.js';

/** What is refused is refused before Temporal is asked. */
const NOWHERE = '127.0.0.1:1';

const temporaryFolder = temporaryFolders(afterAll);
let folder: string;
let store: ArtifactStore;

beforeAll(async () => {
  store = await openFolderStore(await temporaryFolder());
});
beforeEach(async () => {
  folder = await temporaryFolder();
});

function start(access: Partial<AccessSettings>, options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
  return TestGateway.start(NOWHERE, store, 1000, { access: { ...UNGUARDED, ...access }, ...options });
}

/** Status of `me` of a page over TLS, or the code of what went wrong with the connection. */
function askMe(page: string, options: object): Promise<number | string> {
  return new Promise((resolve) => {
    const asked = request(new URL('api/v1/me', page), options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asked.end();
  });
}

describe('the page over TLS', () => {
  it('given an authority of clients and tokens, then a token alone opens nothing, as over gRPC', async () => {
    const authority = new TestAuthority(folder, 'authority');
    const { certificateFile: certificate, keyFile: key } = authority.issue('gateway');
    const tokens = join(folder, 'tokens.json');
    const { token } = await createToken(tokens, 'ci', 'viewer', null);
    const tls = { certificate, key, clientAuthority: authority.own.certificateFile, clientRole: 'viewer' as const };
    const gateway = await start({ tokens, tls });
    const headers = { authorization: `Bearer ${token}` };
    const ca = authority.own.certificate;
    const pair = (of: TestAuthority) => {
      const { certificate: cert, key: own } = of.issue('me');
      return { cert, key: own };
    };
    const { page } = gateway.server;
    expect(await askMe(page, { ca, headers, ...pair(authority) })).toBe(200);
    expect(await askMe(page, { ca, headers })).toMatch(/CERTIFICATE_REQUIRED|ECONNRESET/);
    expect(await askMe(page, { ca, headers, ...pair(new TestAuthority(folder, 'stranger')) })).toMatch(
      /UNKNOWN_CA|ECONNRESET/,
    );
    await gateway.close();
  });

  it('given no credentials, then its own page may ask, and another one may not', async () => {
    const authority = new TestAuthority(folder, 'authority');
    const { certificateFile: certificate, keyFile: key } = authority.issue('gateway');
    const gateway = await start({ tls: { certificate, key, clientAuthority: null, clientRole: 'viewer' } });
    const { page } = gateway.server;
    const ca = authority.own.certificate;
    const ask = (origin: string) => askMe(page, { ca, headers: { origin } });
    expect(await ask(new URL(page).origin)).toBe(200);
    expect(await ask(new URL(page).origin.replace('https', 'http'))).toBe(403);
    await gateway.close();
  });
});

describe('files that specs name', () => {
  const spec = (file: string): string => `
name: curious
model: { zoo: mnistMlp }
dataset: { csv: { file: ${file}, label: nothing } }
baseline: { epochs: 1, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: 0.5
  schedule: oneShot
  recovery: { epochs: 1, learningRate: 0.001 }
`;

  it('given a viewer, when it plans, then it is refused, because a plan reads files', async () => {
    const tokens = join(folder, 'tokens.json');
    const { token } = await createToken(tokens, 'eyes', 'viewer', null);
    const gateway = await start({ tokens });
    const client = new PrunefrontClient(gateway.address, { token });
    const source = { text: spec('/etc/hostname'), fileName: 'spec.yaml', baseFolder: '/' };
    await errorOf('PRUNEFRONT_FORBIDDEN', () => client.plan(source));
    client.close();
    await gateway.close();
  });

  it('given what the kernel makes up, or a device, then nothing of it is read or told', async () => {
    const gateway = await start({});
    for (const file of ['/proc/self/environ', '/dev/zero']) {
      const source = { text: spec(file), fileName: 'spec.yaml', baseFolder: '/' };
      const { facts } = await errorOf('PRUNEFRONT_DATA_NOT_FOUND', () => gateway.client.plan(source));
      expect(facts.found).toBe(`${file} (is empty, or no file of a disk)`);
    }
    await gateway.close();
  });

  it('given a folder for data, then files elsewhere are refused by their place in the spec, also by way of a link', async () => {
    const data = await temporaryFolder();
    const secret = join(folder, 'secret.csv');
    await writeFile(secret, 'password\n1\n');
    await symlink(secret, join(data, 'link.csv'));
    await writeFile(join(data, 'own.csv'), 'x,y\n1,2\n');
    const gateway = await start({}, { data });
    const plan = (file: string) => gateway.client.plan({ text: spec(file), fileName: 'spec.yaml', baseFolder: data });
    for (const file of [secret, './link.csv', '../../etc/hostname', join(folder, 'missing.csv')]) {
      const { facts } = await errorOf('PRUNEFRONT_SPEC_VALUE', () => plan(file));
      expect(facts).toMatchObject({
        place: expect.stringContaining('dataset.csv.file'),
        allowed: `files below ${data}`,
      });
    }
    // It is read: it has no such column.
    const { facts } = await errorOf('PRUNEFRONT_DATA_FORMAT', () => plan('./own.csv'));
    expect(facts).toMatchObject({ found: 'nothing', allowed: 'x, y' });
    await gateway.close();
  });
});

describe('a file of tokens', () => {
  it('given one that breaks while the gateway runs, then those who have a token keep it, and callers learn nothing of the file', async () => {
    const tokens = join(folder, 'tokens.json');
    const { token } = await createToken(tokens, 'ci', 'viewer', null);
    const gateway = await start({ tokens });
    await writeFile(tokens, '{ "tokens": [');
    const client = new PrunefrontClient(gateway.address, { token });
    expect(await client.nodes.list()).toEqual([]);
    const stranger = new PrunefrontClient(gateway.address, { token: 'prunefront_unknown' });
    const { message } = await errorOf('PRUNEFRONT_UNAUTHENTICATED', () => stranger.nodes.list());
    expect(message).not.toContain(tokens);
    client.close();
    stranger.close();
    await gateway.close();
  });

  it('given one that holds none, then the gateway says so when it starts', async () => {
    const tokens = join(folder, 'nobody.json');
    const gateway = await start({ tokens });
    expect(gateway.server.notes).toEqual([expect.stringContaining(`${tokens} holds no token yet`)]);
    await gateway.close();
  });
});
