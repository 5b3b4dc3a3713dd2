import { once } from 'node:events';
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { createServer as createTlsServer, type Server } from 'node:tls';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietRuntime } from '../../../workers/runtime.js';
import { TEMPORAL_SETTINGS } from '../../../workers/service/common-settings.js';
import { Settings } from '../../../workers/service/settings.js';
import { checkTemporal, connectWorker } from '../../../workers/service/temporal-connection.js';
import { temporalSettings } from '../../../workers/service/temporal-settings.js';
import { TestAuthority } from '../../support/certificates.js';
import { errorOf } from '../../support/errors.js';
import { temporalServer } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

/** As a process reads them, without the configuration of whoever runs the tests. */
function settings(...args: readonly string[]) {
  const environment = { HOME: '/nowhere', XDG_CONFIG_HOME: '/nowhere' };
  return temporalSettings(Settings.read(TEMPORAL_SETTINGS, args, environment), environment);
}

async function listening(server: Server | Http2Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('Temporal behind mutual TLS', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let env: TestWorkflowEnvironment;
  let relay: Server;
  let address: string;
  let authority: TestAuthority;
  let stranger: TestAuthority;

  beforeAll(async () => {
    quietRuntime();
    env = await temporalServer();
    const folder = await temporaryFolder();
    authority = new TestAuthority(folder, 'ours');
    stranger = new TestAuthority(folder, 'strangers');
    const { certificate, key } = authority.issue('temporal');
    const [host = '', port = ''] = env.address.split(':');
    // A real server in the clear, behind a real handshake that asks for a certificate.
    relay = createTlsServer(
      { cert: certificate, key, ca: authority.own.certificate, requestCert: true, ALPNProtocols: ['h2'] },
      (from) => {
        const to = connect(Number(port), host);
        from.on('error', () => to.destroy());
        to.on('error', () => from.destroy());
        from.pipe(to).pipe(from);
      },
    );
    address = await listening(relay);
  });
  afterAll(async () => {
    relay.close();
    await env.teardown();
  });

  const trusting = (of: TestAuthority, shown: TestAuthority): string[] => {
    const { certificateFile, keyFile } = shown.issue('worker');
    const pair = ['--temporal-tls-cert', certificateFile, '--temporal-tls-key', keyFile];
    return ['--temporal', address, '--temporal-tls-ca', of.own.certificateFile, ...pair];
  };

  it('given its authority and a certificate of it, then clients and workers get through', async () => {
    const temporal = settings(...trusting(authority, authority));
    await checkTemporal(temporal);
    const connection = await connectWorker(temporal);
    await connection.close();
  });

  it('given a certificate of another authority, or none, or another authority to trust, then it is said that it cannot be reached', async () => {
    const refused = [
      trusting(authority, stranger),
      ['--temporal', address, '--temporal-tls-ca', authority.own.certificateFile],
      trusting(stranger, authority),
      ['--temporal', address],
    ];
    for (const args of refused) {
      const { facts } = await errorOf('PRUNEFRONT_UNREACHABLE', () => connectWorker(settings(...args)));
      expect(facts.place).toBe(address);
    }
  });
});

describe('Temporal with an API key', () => {
  const sessions = new Set<ServerHttp2Session>();
  const seen: unknown[] = [];
  let server: Http2Server;
  let address: string;

  beforeAll(async () => {
    server = createHttp2Server();
    server.on('session', (session) => sessions.add(session));
    // Tells every caller that it does not know the key.
    server.on('stream', (stream, headers) => {
      seen.push(headers['authorization']);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '16' }, { endStream: true });
    });
    address = await listening(server);
  });
  afterAll(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });

  it('given a key, then it is sent as a bearer token, and a server that refuses it is told apart from one that is away', async () => {
    const temporal = settings('--temporal', address, '--temporal-tls', 'off', '--temporal-api-key', 'the-key');
    await errorOf('PRUNEFRONT_TEMPORAL_REFUSED', () => checkTemporal(temporal));
    expect(seen).toContain('Bearer the-key');
  });
});
