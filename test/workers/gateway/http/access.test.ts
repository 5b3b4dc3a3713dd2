import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UNGUARDED } from '../../../../workers/gateway/access/access-settings.js';
import type { Role } from '../../../../workers/gateway/access/roles.js';
import { createToken } from '../../../../workers/gateway/access/token-file.js';
import { post, send } from '../../../support/http-requests.js';
import { paperGateway } from '../../../support/paper-gateway.js';
import type { PaperSweeps } from '../../../support/paper-sweeps.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../../../support/test-gateway.js';

const temporaryFolder = temporaryFolders(afterAll);
let sweeps: PaperSweeps;
let gateway: TestGateway;
let page: string;

paperGateway((opened, paper) => {
  [gateway, sweeps] = [opened, paper];
  page = gateway.server.page;
});

describe('a gateway without credentials', () => {
  it('given a host name that only leads here, then every address is refused', async () => {
    for (const path of ['', 'api/v1/me', 'api/v1/files/sweeps/x/report.html']) {
      const { status, text } = await send(`${page}${path}`, { headers: { host: 'evil.example' } });
      expect(status).toBe(403);
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'PRUNEFRONT_FOREIGN_ORIGIN', found: 'evil.example' } });
    }
  });

  it('given a request of another page, then it is refused, and one of its own is answered', async () => {
    const foreign = await post(page, 'SweepService/ListSweeps', {}, { origin: 'http://evil.example' });
    expect(foreign.status).toBe(403);
    const own = await post(page, 'SweepService/ListSweeps', {}, { origin: page.replace(/\/$/, '') });
    expect(own.status).toBe(200);
  });

  it('given any answer, then it allows no other origin, no inline script and no frame', async () => {
    const { headers } = await send(page);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('given who asks, then it is told who they are and what serves them', async () => {
    const { text } = await send(`${page}api/v1/me`);
    expect(JSON.parse(text)).toEqual({
      name: 'local',
      role: 'admin',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });
});

describe('a gateway with tokens', () => {
  it('given no token, a wrong one, a viewer and an operator, then each may do what its role says', async () => {
    const folder = await temporaryFolder();
    const tokens = join(folder, 'tokens.json');
    const bearer = async (role: Role) => ({
      authorization: `Bearer ${(await createToken(tokens, role, role, null)).token}`,
    });
    const [viewer, operator] = [await bearer('viewer'), await bearer('operator')];
    const audit = join(folder, 'audit.jsonl');
    const guarded = await TestGateway.start(sweeps.env.address, sweeps.store, 10_000, {
      access: { ...UNGUARDED, tokens, audit },
    });
    const at = guarded.server.page;
    const sweepId = await gateway.finish(yamlSpec('guarded', [0.2]));
    const statusOf = async (call: string, headers: Record<string, string>) => {
      const { status, json } = await post(at, call, { sweepId }, headers);
      return [status, (json['error'] as { code?: string } | undefined)?.code];
    };
    expect(await statusOf('SweepService/GetSweep', {})).toEqual([401, 'PRUNEFRONT_UNAUTHENTICATED']);
    const wrong = { authorization: 'Bearer wrong' };
    expect(await statusOf('SweepService/GetSweep', wrong)).toEqual([401, 'PRUNEFRONT_UNAUTHENTICATED']);
    expect(await statusOf('SweepService/GetSweep', viewer)).toEqual([200, undefined]);
    expect(await statusOf('SweepService/CancelSweep', viewer)).toEqual([403, 'PRUNEFRONT_FORBIDDEN']);
    expect(await statusOf('SweepService/CancelSweep', operator)).toEqual([412, 'PRUNEFRONT_SWEEP_STATE']);
    expect((await send(`${at}api/v1/files/sweeps/${sweepId}/models/c001.zip`)).status).toBe(401);
    expect((await send(`${at}api/v1/me`)).status).toBe(401);
    expect(JSON.parse((await send(`${at}api/v1/me`, { headers: viewer })).text)).toMatchObject({ role: 'viewer' });
    // Its name may be any, for a page elsewhere has no token to send.
    expect((await send(`${at}api/v1/me`, { headers: { ...viewer, host: 'sweeps.example' } })).status).toBe(200);
    expect((await send(at)).status).toBe(200);
    await guarded.close();
    const refused = (await readFile(audit, 'utf8'))
      .split('\n')
      .filter((line) => line.includes('SweepService/CancelSweep'));
    expect(refused.map((line) => (JSON.parse(line) as { principal: string }).principal)).toEqual([
      'viewer',
      'operator',
    ]);
  });

  it('given no credentials and an address beyond loopback, then it does not start', async () => {
    const starting = TestGateway.start(sweeps.env.address, sweeps.store, 10_000, { http: '0.0.0.0:0' });
    await expect(starting).rejects.toMatchObject({ code: 'PRUNEFRONT_USAGE' });
  });
});
