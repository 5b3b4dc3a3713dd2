import { status as Status } from '@grpc/grpc-js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { Readiness } from '../../../workers/service/readiness.js';
import { errorOf } from '../../support/errors.js';
import { healthOf } from '../../support/grpc-protocols.js';
import { temporalServer, until } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { type FailedCall, TestGateway, yamlSpec } from '../../support/test-gateway.js';

const PATIENCE_MS = 1500;
const UNREACHABLE = { status: Status.UNAVAILABLE, code: 'PRUNEFRONT_UNREACHABLE' };

const temporaryFolder = temporaryFolders(afterAll);
let store: ArtifactStore;

beforeAll(async () => {
  store = await openFolderStore(await temporaryFolder());
});

const essence = ({ status, error }: FailedCall) => ({ status, code: error['code'] });

describe('a Temporal server without an orchestrator worker', () => {
  let server: TestWorkflowEnvironment;
  let gateway: TestGateway;
  let sweepId: string;

  beforeAll(async () => {
    server = await temporalServer();
    gateway = await TestGateway.start(server.address, store, PATIENCE_MS);
    ({ sweepId } = await gateway.start(yamlSpec('alone', [0.5])));
  });
  afterAll(async () => {
    await gateway.close();
    await server.teardown();
  });

  it.each(['GetSweep', 'PauseSweep', 'RaiseBudget'] as const)(
    'given a sweep that was started, when %s needs a worker, then it is said that none answers',
    async (call) => {
      const failed = await gateway.failure(call, { sweepId });
      expect(essence(failed)).toEqual(UNREACHABLE);
      expect(failed.error).toMatchObject({ message: 'No orchestrator worker answers', place: sweepId });
    },
  );

  it('given a sweep that was started, when it is watched, then it is said that no worker answers', async () => {
    const error = await errorOf('PRUNEFRONT_UNREACHABLE', () => gateway.endOf(sweepId));
    expect(error.message).toBe('No orchestrator worker answers');
  });

  it('given what needs no worker, when it is asked for, then it is answered', async () => {
    expect(await gateway.start(yamlSpec('alone', [0.5]))).toEqual({ sweepId, started: false });
    expect(await healthOf(gateway.address, '')).toBe('SERVING');
  });

  it('given a watcher, when the gateway closes, then the watcher learns it and the address is free again', async () => {
    const other = await TestGateway.start(server.address, store, 60_000);
    const watching = errorOf('PRUNEFRONT_UNREACHABLE', () => other.endOf(sweepId));
    // The watcher's call has arrived when what was asked after it is answered.
    await other.client.list();
    const { address } = other;
    const closed = other.server.close();
    const [error] = await Promise.all([watching, closed]);
    expect(error.message).toBe('The gateway is shutting down');
    await expect(healthOf(address, '')).rejects.toThrow();
  });
});

describe('a Temporal namespace without the search attributes of sweeps', () => {
  it('given a spec, when its sweep is started, then it is said what is missing and how to add it', async () => {
    const server = await temporalServer([], []);
    const gateway = await TestGateway.start(server.address, store);
    const spec = { text: yamlSpec('bare', [0.5]), fileName: 'sweep.yaml', baseFolder: '/' };
    const failed = await gateway.failure('StartSweep', { spec });
    expect(essence(failed)).toEqual({ status: Status.FAILED_PRECONDITION, code: 'PRUNEFRONT_TEMPORAL_SETUP' });
    expect(failed.error['hint']).toContain('search-attribute create');
    await gateway.close();
    await server.teardown();
  });
});

describe('a Temporal server without the namespace', () => {
  it('given a server that answers, then the gateway is not ready and says what is missing', async () => {
    const server = await temporalServer();
    const readiness = new Readiness(null);
    const temporal = { connection: { address: server.address }, client: { namespace: 'nowhere' } };
    const gateway = await TestGateway.start(server.address, store, PATIENCE_MS, { temporal, readiness });
    await until(async () => readiness.reason === 'the Temporal server has no namespace nowhere');
    expect(await healthOf(gateway.address, '')).toBe('NOT_SERVING');
    await gateway.close();
    await server.teardown();
  });
});

describe('a Temporal address where nothing listens', () => {
  it('given any call, when it is made, then it is said that the Temporal server does not answer', async () => {
    const gateway = await TestGateway.start('127.0.0.1:1', store);
    const spec = { text: yamlSpec('nowhere', [0.5]), fileName: 'sweep.yaml', baseFolder: '/' };
    const request = { sweepId: 'nowhere-1', spec };
    const calls = ['GetSweep', 'ListSweeps', 'StartSweep', 'CancelSweep', 'RaiseBudget', 'GetFront'] as const;
    const watching = errorOf('PRUNEFRONT_UNREACHABLE', () => gateway.endOf('nowhere-1'));
    const failures = await Promise.all(calls.map((call) => gateway.failure(call, request)));
    expect(failures.map(essence)).toEqual(calls.map(() => UNREACHABLE));
    for (const { error } of failures) expect(error['message']).toBe('The Temporal server does not answer');
    await watching;
    await gateway.close();
  });
});
