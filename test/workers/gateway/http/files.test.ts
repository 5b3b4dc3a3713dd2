import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { send } from '../../../support/http-requests.js';
import { paperGateway } from '../../../support/paper-gateway.js';
import { type TestGateway, yamlSpec } from '../../../support/test-gateway.js';

let gateway: TestGateway;
let page: string;

paperGateway((opened) => {
  gateway = opened;
  page = gateway.server.page;
});

describe('the page', () => {
  it('given its assets, then they are kept for ever, and the page that names them is asked for anew', async () => {
    const index = await send(page);
    expect(index.headers['cache-control']).toBe('no-cache');
    const asset = /src="\/(assets\/[^"]+)"/.exec(index.text)?.[1] ?? '';
    expect((await send(`${page}${asset}`)).headers['cache-control']).toContain('immutable');
    const known = await send(page, { headers: { 'if-none-match': String(index.headers['etag']) } });
    expect(known.status).toBe(304);
  });

  it('given an address outside of it, then there is nothing', async () => {
    for (const path of ['nothing', '../package.json', '..%2f..%2fpackage.json', '.stamp']) {
      const { status } = await send(`${page}${path}`);
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('a download', () => {
  it('given a candidate, then its model is one archive whose files are those of the store', async () => {
    const sweepId = await gateway.finish(yamlSpec('zipped', [0.18]));
    const response = await fetch(`${page}api/v1/files/sweeps/${sweepId}/models/c001.zip`);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${sweepId}-c001.zip"`);
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    const expected = await gateway.client.exportCandidate(sweepId, 'c001');
    const names = [...expected.keys()].map((name) => `${sweepId}-c001/${name}`);
    expect(Object.keys(files).sort()).toEqual(names.sort());
    for (const [name, bytes] of expected)
      expect(Buffer.from(files[`${sweepId}-c001/${name}`] ?? []).equals(bytes)).toBe(true);
  });

  it('given a report, then it is the one that was published', async () => {
    const sweepId = await gateway.finish(yamlSpec('reported', [0.19]));
    const { text, headers } = await send(`${page}api/v1/files/sweeps/${sweepId}/report.html`);
    expect(headers['content-disposition']).toContain('attachment');
    expect(text).toBe((await gateway.client.report(sweepId)).get('report.html')?.toString('utf8'));
  });

  it.each([
    ['sweeps/none/models/c001.zip', 404],
    ['sweeps/none/report.html', 404],
    ['sweeps/none/passwords', 501],
    ['sweeps/none/models/c001.exe', 501],
    ['published/none/latest.zip', 501],
  ])('given %s, then it is a JSON error with status %i and no file', async (path, status) => {
    const answer = await send(`${page}api/v1/files/${path}`);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-disposition']).toBeUndefined();
    expect(JSON.parse(answer.text)).toHaveProperty('error.code');
  });
});
