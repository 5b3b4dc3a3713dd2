import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSecurity } from '../../client/environment.js';
import { type ClientSecurity, PrunefrontClient } from '../../client/index.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { projectRoot } from '../../tools/paths.mjs';
import { type AccessSettings, UNGUARDED } from '../../workers/gateway/access/access-settings.js';
import { TestAuthority } from '../support/certificates.js';
import { errorOf } from '../support/errors.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { TestGateway } from '../support/test-gateway.js';

/** No call of these tests needs Temporal. */
const NOWHERE = '127.0.0.1:1';

const run = promisify(execFile);
const temporaryFolder = temporaryFolders(afterAll);
const gateways: TestGateway[] = [];
let authority: TestAuthority;
let stranger: TestAuthority;
let plain: string;
let tls: string;
let mutual: string;

async function start(access: Partial<AccessSettings>): Promise<string> {
  const store = await openFolderStore(await temporaryFolder());
  const gateway = await TestGateway.start(NOWHERE, store, 1000, { access: { ...UNGUARDED, ...access } });
  gateways.push(gateway);
  return gateway.address;
}

async function failure(address: string, security: ClientSecurity = {}) {
  const client = new PrunefrontClient(address, security);
  try {
    const { message, facts } = await errorOf('PRUNEFRONT_UNREACHABLE', () => client.list());
    return { message, hint: facts.hint ?? '', found: facts.found ?? '' };
  } finally {
    client.close();
  }
}

beforeAll(async () => {
  const folder = await temporaryFolder();
  authority = new TestAuthority(folder, 'authority');
  stranger = new TestAuthority(folder, 'stranger');
  const { certificateFile, keyFile } = authority.issue('gateway');
  const pair = { certificate: certificateFile, key: keyFile, clientAuthority: null, clientRole: 'viewer' } as const;
  plain = await start({});
  tls = await start({ tls: pair });
  mutual = await start({ tls: { ...pair, clientAuthority: authority.own.certificateFile } });
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
});

describe('a client that cannot talk to a gateway', () => {
  it('given nothing at the address, when it calls, then it says that nothing listens', async () => {
    expect(await failure(NOWHERE)).toMatchObject({ message: `Nothing listens at ${NOWHERE}`, found: '' });
  });

  it('given a gateway with TLS, when a client without calls, then the connection is not accepted and the hint names TLS', async () => {
    for (const address of [tls, mutual]) {
      const { message, hint, found } = await failure(address);
      expect(message).toBe(`The connection to ${address} is not accepted`);
      expect(hint).toBe('if it speaks TLS give --ca FILE or --tls');
      expect(found).not.toMatch(/Resolution note|\d{4}-\d\d-\d\dT/);
    }
  });

  it('given a certificate of an unknown authority, when a client calls, then it is not trusted', async () => {
    for (const security of [{ tls: true }, { ca: stranger.own.certificate }]) {
      const { message, hint, found } = await failure(tls, security);
      expect(message).toBe(`The certificate of ${tls} is not trusted`);
      expect(hint).toBe('--ca FILE of its authority');
      expect(found).toBe('unable to verify the first certificate');
    }
  });

  it('given a gateway that asks for certificates, when a client has none or another’s, then the hint names --cert', async () => {
    const { certificate, key } = stranger.issue('me');
    const ca = authority.own.certificate;
    for (const security of [{ ca }, { ca, certificate, key }]) {
      const { message, hint } = await failure(mutual, security);
      expect(message).toBe(`The connection to ${mutual} is not accepted`);
      expect(hint).toContain('--cert');
    }
  });

  it('given a gateway without TLS, when a client with calls, then the hint says so', async () => {
    const { message, hint } = await failure(plain, { tls: true });
    expect(message).toBe(`The connection to ${plain} is not accepted`);
    expect(hint).toContain('does not speak TLS');
  });

  it('given a certificate for another address, when a client calls, then it is refused', async () => {
    const { certificateFile: certificate, keyFile: key } = authority.own;
    const address = await start({ tls: { certificate, key, clientAuthority: null, clientRole: 'viewer' } });
    const { message } = await failure(address, { ca: authority.own.certificate });
    expect(message).toBe(`The certificate of ${address} is for another name`);
  });

  it('given a connection that ends at once, when a client calls, then it is not “Nothing listens”', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const at = server.address();
    const address = `127.0.0.1:${typeof at === 'object' && at !== null ? at.port : ''}`;
    expect((await failure(address)).message).toBe(`The connection to ${address} is not accepted`);
    server.close();
  });
});

describe('a client that trusts a gateway', () => {
  it('given the authority in the environment, when it calls an IP address or a name, then it is answered', async () => {
    for (const address of [tls, tls.replace('127.0.0.1', 'localhost')]) {
      const environment = { PRUNEFRONT_GATEWAY: address, PRUNEFRONT_CA: authority.own.certificateFile };
      const client = PrunefrontClient.fromEnvironment(environment);
      expect(await client.nodes.list()).toEqual([]);
      client.close();
    }
  });

  it('given certificates in the environment, when the example runs at a gateway that asks for them, then it is answered without a warning', async () => {
    const { certificateFile, keyFile } = authority.issue('example');
    const env = {
      ...process.env,
      ...{ PRUNEFRONT_GATEWAY: mutual, PRUNEFRONT_CA: authority.own.certificateFile },
      ...{ PRUNEFRONT_CERT: certificateFile, PRUNEFRONT_KEY: keyFile },
    };
    const example = [join(projectRoot(), 'examples', 'client.mjs'), 'examples/smoke.yaml'];
    const { stderr } = await run(process.execPath, example, { cwd: projectRoot(), env }).catch(
      (error: { stderr: string }) => error,
    );
    // A viewer may not start a sweep: the gateway knows who asks.
    expect(stderr).toContain('PRUNEFRONT_FORBIDDEN');
    expect(stderr).not.toContain('Warning');
  });

  it('given a file that is not there, or a certificate without a key, when options are read, then the variable is named', async () => {
    const read = (environment: Record<string, string>) =>
      errorOf('PRUNEFRONT_USAGE', async () => readSecurity({}, environment));
    expect((await read({ PRUNEFRONT_CA: '/no/such.crt' })).facts.place).toBe('PRUNEFRONT_CA');
    expect((await read({ PRUNEFRONT_CERT: authority.own.certificateFile })).facts.hint).toContain('PRUNEFRONT_KEY');
  });
});
