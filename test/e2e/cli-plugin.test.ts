import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorData } from '../../core/errors.js';
import { change, EXAMPLES } from '../core/spec/parse.js';
import { Cli, type Ended, jsonLines } from '../support/cli.js';
import { type ClusterProcess, TestCluster } from '../support/cluster.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { tinySweep } from '../support/tiny-sweep.js';

const PLUGIN = join(EXAMPLES, 'plugin', 'plugin.mjs');
const HASH = createHash('sha256').update(readFileSync(PLUGIN)).digest('hex');
const BUILT_IN = '    - { granularity: weight, criterion: magnitude, scope: global }\n';

const folder = temporaryFolders(afterAll);
let home = '';
/** The example's sweep on 500 images, with its two candidates that need the plugin's criterion. */
let own = '';

beforeAll(async () => {
  home = await folder();
  const { source } = await tinySweep(home);
  const example = readFileSync(join(EXAMPLES, 'plugin', 'sweep.yaml'), 'utf8');
  const small = change('dataset: mnist', `dataset: ${JSON.stringify(source)}`, example);
  own = change('[0.8, 0.95]', '0.8', change(BUILT_IN, '', small));
});

async function specFile(name: string, text: string): Promise<string> {
  const file = join(home, `${name}.yaml`);
  await writeFile(file, change('name: plugin', `name: ${name}`, text));
  return file;
}

/** What each candidate of a sweep came to, as the CLI wrote it. */
function observations(out: string): { id: string; status: string; candidate: { stages: object[] } | null }[] {
  return jsonLines(readFileSync(join(out, 'observations.jsonl'), 'utf8')) as ReturnType<typeof observations>;
}

/** Both candidates worked by the criterion of this plugin, and the models of the front lie there. */
function expectFront({ code, stdout, stderr }: Ended, out: string): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(jsonLines(stdout).at(-1)).toMatchObject({
    state: 'done',
    selection: { id: expect.stringMatching(/^c00\d$/) },
  });
  const [dense, ...candidates] = observations(out);
  expect(dense).toMatchObject({ status: 'ok', observation: { parameters: 9098 } });
  expect(candidates.map(({ id, status }) => [id, status])).toEqual([
    ['c001', 'ok'],
    ['c002', 'ok'],
  ]);
  for (const { candidate } of candidates)
    expect(candidate?.stages[0]).toMatchObject({ plugins: { 'criterion relativeMagnitude': HASH } });
  expect(readdirSync(join(out, 'models')).length).toBeGreaterThan(0);
}

describe('sweep run --local --plugin', () => {
  it('given the example of a plugin, when its sweep runs, then every process of the stack has it, and it comes to a front', async () => {
    const out = join(home, 'local');
    const at = ['--local', '--no-calibrate', '--state', join(home, 'state'), '--slots', '1', '--out', out, '--json'];
    expectFront(await Cli.run('sweep', 'run', await specFile('local', own), '--plugin', PLUGIN, ...at), out);
  });

  it('given no plugin, when its sweep is planned, then the spec is refused at its line, with the models that there are', async () => {
    const at = ['--local', '--state', join(home, 'bare'), '--json'];
    const { code, stdout, stderr } = await Cli.run('sweep', 'plan', await specFile('bare', own), ...at);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect((JSON.parse(stderr) as { error: ErrorData }).error).toMatchObject({
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: expect.stringMatching(/bare\.yaml:3:\d+ model\.zoo$/),
      found: 'thinCnn',
      allowed: expect.stringContaining('mnistCnn'),
    });
  });
});

describe('a cluster whose gateway and orchestrator have a plugin', () => {
  let cluster: TestCluster;
  let node: ClusterProcess | null = null;
  beforeAll(async () => {
    cluster = await TestCluster.start('--plugin', PLUGIN);
  });
  afterAll(() => cluster.stop());

  /** The only node of the cluster from now on. */
  async function onlyNode(name: string, ...args: readonly string[]): Promise<void> {
    node?.signal('SIGTERM');
    await node?.ended;
    node = cluster.node(name, ...args);
    await node.ready();
  }

  /** Runs a sweep by the CLI. */
  async function run(name: string, text: string): Promise<Ended & { readonly out: string }> {
    const out = join(home, `out-${name}`);
    const how = ['--gateway', cluster.gateway, '--out', out, '--json'];
    return { ...(await Cli.run('sweep', 'run', await specFile(name, text), ...how)), out };
  }

  /** It failed with this error by the CLI and by gRPC, and left nothing behind. */
  async function expectRefused({ code, stdout, stderr, out }: Awaited<ReturnType<typeof run>>, error: object) {
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error });
    const [started] = jsonLines(stdout) as { sweepId: string }[];
    const { progress } = await cluster.client.status(started?.sweepId ?? '');
    expect(progress).toMatchObject({ state: 'failed', candidates: { ok: 0, failed: 0 }, baseline: null, error });
    for (const part of ['records', 'checkpoints', 'writing'])
      expect([part, readdirSync(join(cluster.folder, 'store', part))]).toEqual([part, []]);
    expect(await cluster.store.getDocument(`sweeps/${started?.sweepId}/result.json`)).toBeNull();
    expect(readdirSync(home)).not.toContain(out.slice(home.length + 1));
  }

  const refusal = { code: 'PRUNEFRONT_PLUGIN', place: 'model thinCnn', allowed: `the plugin with SHA-256 ${HASH}` };

  it('given a node without it, when a sweep of its model runs, then it fails with the piece and the plugin that is wanted', async () => {
    await onlyNode('bare');
    const hint = expect.stringContaining('--plugin FILE');
    await expectRefused(await run('bare', own), { ...refusal, found: 'no plugin with it', hint });
  });

  it('given a node with another version, when a sweep of its model runs, then it is told which', async () => {
    const file = join(home, 'other.mjs');
    const text = `${readFileSync(PLUGIN, 'utf8')}// Another version.\n`;
    await writeFile(file, text);
    await onlyNode('other', '--plugin', file);
    const found = `SHA-256 ${createHash('sha256').update(text).digest('hex')}`;
    await expectRefused(await run('other', own), { ...refusal, found });
  });

  it('given a node with another version, when only some candidates need the plugin, then they alone fail', async () => {
    const { code, out } = await run(
      'some',
      change('criterion: relativeMagnitude', 'criterion: magnitude', change('thinCnn', 'mnistCnn', own)),
    );
    expect(code).toBe(0);
    expect(observations(out)).toMatchObject([
      { id: 'dense', status: 'ok' },
      { id: 'c001', status: 'ok' },
      { id: 'c002', status: 'failed', cause: { ...refusal, place: 'criterion relativeMagnitude' } },
    ]);
  });

  it('given a node with it, when the sweep that was refused runs again, then it comes to a front', async () => {
    await onlyNode('whole', '--plugin', PLUGIN);
    const ended = await run('bare', own);
    expectFront(ended, ended.out);
  });
});
