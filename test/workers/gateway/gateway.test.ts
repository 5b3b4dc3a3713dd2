import { status as Status } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Stage } from '../../../core/sweep/stage.js';
import { dataFile } from '../../support/data-files.js';
import { describedService, healthOf, listedServices } from '../../support/grpc-protocols.js';
import { Gate } from '../../support/paper-slots.js';
import { PaperSweeps, temporalServer, until } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../../support/test-gateway.js';

const SERVICE = 'prunefront.v1.SweepService';

const temporaryFolder = temporaryFolders(afterAll);
let sweeps: PaperSweeps;
let gateway: TestGateway;

beforeAll(async () => {
  sweeps = await PaperSweeps.open();
  gateway = await TestGateway.start(sweeps.env.address, sweeps.store);
});
afterAll(async () => {
  await gateway.close();
  await sweeps.close();
});
beforeEach(() => {
  sweeps.slots.behave = async () => null;
});

let used = 0;

/** Sparsities that no sweep has asked for before, for what is in the store already never comes to the gate. */
function fresh(count: number): number[] {
  return Array.from({ length: count }, () => ++used / 1000);
}

/** Holds the stages of candidates at a gate. */
function holdCandidates(): Gate {
  const gate = new Gate();
  const isPrune = ({ operation }: Stage): boolean => operation.kind === 'prune';
  sweeps.slots.behave = (stage, signal) => (isPrune(stage) ? gate.pass(signal) : Promise.resolve(null));
  return gate;
}

/** Starts a sweep and waits until its candidates are at the gate. */
async function heldSweep(name: string, candidates: number, rest = '') {
  const gate = holdCandidates();
  const spec = yamlSpec(name, fresh(candidates), rest);
  const { sweepId } = await gateway.start(spec);
  await until(() => gate.waiting > 0);
  return { spec, sweepId, gate };
}

async function stateOf(sweepId: string): Promise<string> {
  return (await gateway.client.status(sweepId)).progress.state;
}

describe('the gateway', () => {
  it('given the standard protocols, when it is asked, then it serves, lists its service and hands out its descriptor', async () => {
    expect(await healthOf(gateway.address, SERVICE)).toBe('SERVING');
    expect(await healthOf(gateway.address, '')).toBe('SERVING');
    expect(await listedServices(gateway.address)).toContain(SERVICE);
    const described = await describedService(gateway.address, SERVICE);
    expect(described?.methods).toEqual(expect.arrayContaining(['PlanSweep', 'StartSweep', 'WatchSweep', 'GetReport']));
  });

  it('given a spec, when it is planned, then its cost is told and nothing is started', async () => {
    const spec = { text: yamlSpec('planned', [0.5, 0.6]), fileName: 'sweep.yaml', baseFolder: '/' };
    expect(await gateway.client.plan(spec)).toMatchObject({ name: 'planned', candidates: 2, assumed: { slots: 2 } });
    expect((await gateway.client.list()).map(({ name }) => name)).not.toContain('planned');
  });
});

describe('a call that is refused', () => {
  it('given a spec with a wrong key, when it is started, then the status is INVALID_ARGUMENT and the trailer says what and where', async () => {
    const text = yamlSpec('wrong', [0.5]).replace('epochs: 1, batchSize', 'epochs: 1, batchSizes');
    const spec = { text, fileName: 'sweep.yaml', baseFolder: '/' };
    const { status, error } = await gateway.failure('StartSweep', { spec });
    expect(status).toBe(Status.INVALID_ARGUMENT);
    expect(error).toMatchObject({ code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY', hint: expect.stringContaining('batchSize') });
    expect(error['place']).toContain('sweep.yaml:5');
  });

  it.each(['PlanSweep', 'StartSweep'] as const)(
    'given data that do not fit the model, when %s is asked for, then it is refused and nothing is started',
    async (call) => {
      const file = await dataFile(
        await temporaryFolder(),
        'data.csv',
        Buffer.from(`a,b,label\n${'1,2,0\n3,4,1\n'.repeat(20)}`),
      );
      const text = yamlSpec('misfit', [0.5]).replace(
        'dataset: mnist',
        `dataset: { csv: { file: ${file}, label: label } }`,
      );
      const spec = {
        text: `${text}split: { validation: 0.2, test: 0.2, seed: 1 }\n`,
        fileName: 'sweep.yaml',
        baseFolder: '/',
      };
      const { status, error } = await gateway.failure(call, { spec });
      expect({ status, error }).toMatchObject({
        status: Status.INVALID_ARGUMENT,
        error: {
          code: 'PRUNEFRONT_DATA_SHAPE',
          place: expect.stringMatching(/^sweep\.yaml:\d+:\d+ dataset$/),
          found: 'examples of shape [2]',
          allowed: '[28, 28, 1]',
        },
      });
      expect((await gateway.client.list()).map(({ name }) => name)).not.toContain('misfit');
    },
  );

  it('given a spec with an endless word, when it is started, then the trailer is still short enough to arrive', async () => {
    const spec = { text: yamlSpec('x'.repeat(300_000), [0.5]), fileName: 'sweep.yaml', baseFolder: '/' };
    const { status, error } = await gateway.failure('StartSweep', { spec });
    expect(status).toBe(Status.INVALID_ARGUMENT);
    expect(error['code']).toMatch(/^PRUNEFRONT_SPEC_/);
    expect(JSON.stringify(error).length).toBeLessThan(6000);
  });

  it('given a sweep that does not exist, when it is asked for, then the status is NOT_FOUND with the nearest name', async () => {
    const { sweepId } = await gateway.start(yamlSpec('nearly', [0.5]));
    await gateway.endOf(sweepId);
    const asked = `${sweepId}x`;
    for (const call of ['GetSweep', 'PauseSweep', 'GetFront'] as const) {
      const { status, error } = await gateway.failure(call, { sweepId: asked });
      expect(status).toBe(Status.NOT_FOUND);
      expect(error).toMatchObject({
        code: 'PRUNEFRONT_SWEEP_NOT_FOUND',
        found: asked,
        hint: `did you mean ${sweepId}?`,
      });
    }
    const escaping = await gateway.failure('GetFront', { sweepId: '../../x' });
    expect(escaping.status).toBe(Status.NOT_FOUND);
  });
});

describe('a spec that is started', () => {
  it('given a running sweep, when the same spec is started again, then it is attached to', async () => {
    const { spec, sweepId, gate } = await heldSweep('twice', 1);
    expect(await gateway.start(spec)).toEqual({ sweepId, started: false });
    gate.open();
    await gateway.endOf(sweepId);
    expect(await gateway.start(spec)).toEqual({ sweepId, started: false });
    expect(await stateOf('twice')).toBe('done');
  });

  it('given a cancelled sweep, when its spec is started again, then it runs to its end', async () => {
    const { spec, sweepId } = await heldSweep('again', 2);
    await gateway.client.command('cancel', sweepId);
    await gateway.endOf(sweepId);
    expect(await stateOf(sweepId)).toBe('cancelled');
    sweeps.slots.behave = async () => null;
    expect(await gateway.start(spec)).toEqual({ sweepId, started: true });
    await gateway.endOf(sweepId);
    expect((await gateway.client.result(sweepId)).rows).toHaveLength(3);
  });

  it('given a finished sweep that Temporal has forgotten, then its result is still there, and its spec can be started', async () => {
    const spec = yamlSpec('forgotten', [0.5]);
    const { sweepId } = await gateway.start(spec);
    await gateway.endOf(sweepId);
    const emptyServer = await temporalServer();
    const other = await TestGateway.start(emptyServer.address, sweeps.store);
    expect(await other.client.result(sweepId)).toMatchObject({ sweepId });
    expect([...(await other.client.report(sweepId)).keys()]).toContain('report.html');
    expect(await other.start(spec)).toEqual({ sweepId, started: true });
    await other.close();
    await emptyServer.teardown();
  });
});

describe('the messages to a sweep', () => {
  it('given a running sweep, when it is paused, resumed and given more budget, then it does so', async () => {
    const { sweepId, gate } = await heldSweep('told', 4, 'budget: { candidates: 3 }');
    await gateway.client.command('pause', sweepId);
    expect(await stateOf(sweepId)).toBe('paused');
    expect(await gateway.client.raiseBudget(sweepId, 4)).toBe(4);
    await gateway.client.command('resume', sweepId);
    gate.open();
    await gateway.endOf(sweepId);
    expect((await gateway.client.status(sweepId)).progress).toMatchObject({ state: 'done', candidates: { ok: 4 } });
  });

  it('given a budget that is no raise, when it is asked for, then it is refused as FAILED_PRECONDITION and nothing changes', async () => {
    const { sweepId, gate } = await heldSweep('greedy', 2, 'budget: { candidates: 2 }');
    const request = { sweepId, candidates: 1 };
    const { status, error } = await gateway.failure('RaiseBudget', request);
    expect([status, error['code']]).toEqual([Status.FAILED_PRECONDITION, 'PRUNEFRONT_SWEEP_STATE']);
    expect(error['message']).toContain('can only be raised');
    gate.open();
    await gateway.endOf(sweepId);
  });

  it('given a sweep that has ended, when it gets any message, then each is refused as FAILED_PRECONDITION', async () => {
    const { sweepId } = await gateway.start(yamlSpec('over', [0.5]));
    await gateway.endOf(sweepId);
    for (const call of ['PauseSweep', 'ResumeSweep', 'CancelSweep', 'RaiseBudget'] as const) {
      const { status, error } = await gateway.failure(call, { sweepId });
      expect([status, error['code']]).toEqual([Status.FAILED_PRECONDITION, 'PRUNEFRONT_SWEEP_STATE']);
    }
  });

  it('given sweeps that run, ended and were terminated, when they are listed, then each is there once, newest first, with its state', async () => {
    const terminated = await heldSweep('terminated', 1);
    await sweeps.env.client.workflow.getHandle(`sweep-${terminated.sweepId}`).terminate();
    const running = await heldSweep('running', 1);
    const listed = async () => {
      const all = await gateway.client.list();
      return all.slice(0, 2).map(({ name, state }) => [name, state]);
    };
    const expected = [
      ['running', 'searching'],
      ['terminated', 'failed'],
    ];
    // The server's index follows its histories a moment later.
    await until(async () => JSON.stringify(await listed()) === JSON.stringify(expected));
    const ids = (await gateway.client.list()).map(({ sweepId }) => sweepId);
    expect(new Set(ids).size).toBe(ids.length);
    await gateway.client.command('cancel', running.sweepId);
    await gateway.endOf(running.sweepId);
  });
});
