import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorData } from '../../core/errors.js';
import { Cli } from '../support/cli.js';
import { dataFile, idxBytes } from '../support/data-files.js';
import { TestStack } from '../support/local-stack.js';
import { temporaryFolders } from '../support/temporary-folder.js';

const GOOD = `
name: errors
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 1, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [0.5, 0.9]
  schedule: oneShot
  recovery: { epochs: 1, learningRate: 0.0005 }
`;
const csv = (rows: string): string => `a,b,label\n${'1,2,0\n3,4,1\n'.repeat(20)}${rows}`;
const withData = (source: string): string => GOOD.replace('dataset: mnist', `dataset: ${source}`);
const csvSpec = (file: string): string => withData(`{ csv: { file: ${file}, label: label } }`);
const model = JSON.stringify({ modelTopology: { class_name: 'Sequential', config: { layers: [] } } });

interface Bad extends Partial<Record<keyof ErrorData, unknown>> {
  readonly given: string;
  readonly spec: string;
}

const BAD: readonly Bad[] = [
  {
    given: 'an unknown key',
    spec: GOOD.replace('sparsity:', 'sparsitee:'),
    code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY',
    place: expect.stringMatching(/spec\.yaml:8:3 space\.sparsitee$/),
    found: 'sparsitee',
    hint: 'did you mean sparsity?',
  },
  {
    given: 'a wrong type',
    spec: GOOD.replace('epochs: 1, optimizer', 'epochs: many, optimizer'),
    code: 'PRUNEFRONT_SPEC_TYPE',
    place: expect.stringMatching(/spec\.yaml:5:\d+ baseline\.epochs$/),
    found: 'many',
    allowed: expect.stringContaining('integer'),
  },
  {
    given: 'a sparsity of 1.2',
    spec: GOOD.replace('0.9]', '1.2]'),
    code: 'PRUNEFRONT_SPEC_RANGE',
    place: expect.stringMatching(/spec\.yaml:8:19 space\.sparsity\[1\]$/),
    found: '1.2',
    allowed: expect.stringContaining('less than 1'),
  },
  {
    given: 'a sparsity that floors do not allow',
    spec: GOOD.replace('scope: global }', 'scope: global, layers: { "*": { floor: 0.4 } } }'),
    code: 'PRUNEFRONT_SPARSITY_UNREACHABLE',
    place: expect.stringMatching(/spec\.yaml:8:13 space\.sparsity$/),
    found: '0.9',
    allowed: expect.stringMatching(/^at most 0\.\d+$/),
  },
  {
    given: 'a compression that the model cannot have',
    spec: GOOD.replace(
      'schedule: oneShot',
      'schedule: oneShot\n  compression: { quantize: { precision: mixed, bits: 3 } }',
    ),
    code: 'PRUNEFRONT_COMPRESSION',
    place: expect.stringMatching(/spec\.yaml:10:\d+ space\.compression/),
    found: '3 bits on average',
    allowed: expect.stringContaining('at least 4 bits'),
  },
  {
    given: 'data that the split leaves nothing of for training',
    spec: csvSpec('few.csv').replace('baseline:', 'split: { validation: 0.45, test: 0.45 }\nbaseline:'),
    code: 'PRUNEFRONT_DATA_SHAPE',
    place: expect.stringMatching(/spec\.yaml:5:1 split\.train$/),
    found: '4 examples of 2 classes',
    allowed: 'at least one example in each split',
  },
  {
    given: 'labels out of range',
    spec: csvSpec('negative.csv'),
    code: 'PRUNEFRONT_DATA_LABEL',
    place: expect.stringContaining('negative.csv'),
    found: '"-1"',
    allowed: expect.stringMatching(/^an integer from 0 to/),
  },
  {
    given: 'a ragged CSV',
    spec: csvSpec('ragged.csv'),
    code: 'PRUNEFRONT_DATA_FORMAT',
    place: expect.stringMatching(/ragged\.csv.*42/),
  },
  {
    given: 'a truncated IDX file',
    spec: withData('{ idx: { images: short.idx, labels: labels.idx } }'),
    code: 'PRUNEFRONT_DATA_FORMAT',
    place: expect.stringContaining('short.idx'),
  },
  {
    given: 'a data file that is not there',
    spec: csvSpec('nowhere.csv'),
    code: 'PRUNEFRONT_DATA_NOT_FOUND',
    place: expect.stringMatching(/spec\.yaml:4:\d+ dataset\.csv\.file$/),
    found: expect.stringContaining('nowhere.csv'),
  },
  {
    given: 'a model JSON without weights',
    spec: GOOD.replace('zoo: mnistMlp', 'file: model.json'),
    code: 'PRUNEFRONT_MODEL_FORMAT',
    place: expect.stringMatching(/spec\.yaml:3:\d+ model\.file$/),
  },
];

const folder = temporaryFolders(afterAll);
let home = '';
let spec = '';
let stack: TestStack;
let at: string[] = [];

beforeAll(async () => {
  home = await folder();
  spec = join(home, 'spec.yaml');
  await writeFile(spec, GOOD);
  const labels = Array.from({ length: 40 }, (_, i) => i % 10);
  await Promise.all([
    dataFile(home, 'ragged.csv', csv('5,6\n')),
    dataFile(home, 'negative.csv', csv('5,6,-1\n')),
    dataFile(home, 'few.csv', 'a,b,label\n1,2,0\n3,4,0\n5,6,1\n7,8,1\n'),
    dataFile(home, 'short.idx', idxBytes([40, 28, 28], new Uint8Array(39 * 784))),
    dataFile(home, 'labels.idx', idxBytes([40], labels)),
    dataFile(home, 'model.json', model),
  ]);
  stack = await TestStack.start();
  at = ['--local', '--state', stack.state];
});
afterAll(() => stack.stop());

async function failure(...args: string[]): Promise<{ code: number | null; stdout: string; error: ErrorData }> {
  const { code, stdout, stderr } = await Cli.run(...args, '--json');
  return { code, stdout, error: (JSON.parse(stderr) as { error: ErrorData }).error };
}

describe('a spec, data or model that is refused', () => {
  it.each(BAD)('given $given, when it is planned, then the error is typed and exits with 2', async (bad) => {
    const { given: _, spec: text, ...facts } = bad;
    await writeFile(spec, text);
    const { code, stdout, error } = await failure('sweep', 'plan', spec, ...at);
    expect(error).toMatchObject(facts);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('given a plugin that is no module, when a stack starts with it, then it exits with 2 and names it', async () => {
    const plugin = await dataFile(home, 'plugin.mjs', 'export default {');
    await writeFile(spec, GOOD);
    const state = join(home, 'other');
    const { code, error } = await failure('plan', spec, '--local', '--state', state, '--plugin', plugin);
    expect(error).toMatchObject({ code: 'PRUNEFRONT_PLUGIN', place: expect.stringContaining('plugin.mjs') });
    expect(code).toBe(2);
  });

  it('given a bad spec, when it is run, then nothing is started and nothing written', async () => {
    await writeFile(spec, GOOD.replace('sparsity:', 'sparsitee:'));
    const { code, error } = await failure('sweep', 'run', spec, ...at, '--out', join(home, 'out'));
    expect(error.code).toBe('PRUNEFRONT_SPEC_UNKNOWN_KEY');
    expect(code).toBe(2);
    expect(readdirSync(home)).not.toContain('out');
    expect((await Cli.run('list', ...at)).stdout).toBe('No sweep has been started yet.\n');
  });

  it('given a person, when a spec is refused, then the facts are lines of their own', async () => {
    await writeFile(spec, GOOD.replace('sparsity:', 'sparsitee:'));
    const { stderr } = await Cli.run('sweep', 'plan', spec, ...at);
    expect(stderr.split('\n').map((line) => line.split(':')[0])).toEqual([
      'PRUNEFRONT_SPEC_UNKNOWN_KEY',
      '  at',
      '  found',
      '  allowed',
      '  hint',
      '',
    ]);
  });

  it('given a spec file that is not there, when it is planned, then it exits with 2', async () => {
    const { code, error } = await failure('sweep', 'plan', join(home, 'none.yaml'), ...at);
    expect(error).toMatchObject({ code: 'PRUNEFRONT_USAGE', found: 'ENOENT' });
    expect(code).toBe(2);
  });
});

describe('a gateway that is not there', () => {
  it('given an address where nothing listens, when a command goes there, then it exits with 3 and says where', async () => {
    const { code, error } = await failure('list', '--gateway', '127.0.0.1:1');
    expect(error).toMatchObject({ code: 'PRUNEFRONT_UNREACHABLE', place: '127.0.0.1:1', hint: expect.anything() });
    expect(code).toBe(3);
  });

  it('given an empty address, when a command runs, then it counts as none', async () => {
    const { code, error } = await failure('list', '--gateway', '', '--state', join(home, 'nothing'));
    expect({ code, error }).toMatchObject({ code: 3, error: { code: 'PRUNEFRONT_UNREACHABLE' } });
  });

  it('given no address and no stack, when a command runs, then it exits with 3 and says what to do', async () => {
    const { code, error } = await failure('status', 'errors', '--state', join(home, 'nothing'));
    expect(error).toMatchObject({ code: 'PRUNEFRONT_UNREACHABLE', allowed: expect.stringContaining('--gateway') });
    expect(code).toBe(3);
    expect(readdirSync(home)).not.toContain('nothing');
  });

  it('given a plugin for a gateway, then it is said that the processes of the cluster load it', async () => {
    const { code, error } = await failure('list', '--gateway', '127.0.0.1:1', '--plugin', 'plugin.mjs');
    expect(code).toBe(2);
    expect(error).toMatchObject({ code: 'PRUNEFRONT_USAGE', place: '--plugin', found: 'the gateway 127.0.0.1:1' });
  });
});

describe('a folder that takes no files', () => {
  const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

  it('given an output folder below a file, when a sweep is run, then it is refused before anything is trained', async () => {
    await writeFile(spec, GOOD);
    const { code, error } = await failure('sweep', 'run', spec, ...at, '--out', join(spec, 'out'));
    expect(error).toMatchObject({ code: 'PRUNEFRONT_STORE_READ_ONLY', place: join(spec, 'out'), found: 'ENOTDIR' });
    expect(code).toBe(1);
    expect((await Cli.run('list', ...at)).stdout).toBe('No sweep has been started yet.\n');
  });

  it('given a state folder below a file, when a stack starts on it, then the error is typed', async () => {
    const { code, error } = await failure('list', '--local', '--state', join(spec, 'state'));
    expect(error).toMatchObject({ code: 'PRUNEFRONT_STORE_READ_ONLY' });
    expect(code).toBe(1);
  });

  it.skipIf(!mounts).each([
    ['ro', 'PRUNEFRONT_STORE_READ_ONLY'],
    ['size=8k', 'PRUNEFRONT_STORE_FULL'],
  ])(
    'given an output folder on a disk mounted %s, when a sweep is run, then it is %s and nothing half-written stays',
    async (option, code) => {
      await writeFile(spec, GOOD);
      const disk = join(home, 'disk');
      mkdirSync(disk, { recursive: true });
      const script = `mount -t tmpfs -o ${option} none ${disk} && "$@"; code=$?; ls -A ${disk}; exit $code`;
      const args = ['sweep', 'run', spec, ...at, '--out', join(disk, 'out'), '--json'];
      const ended = await Cli.runInShell(`exec unshare -rm sh -c '${script}' sh "$@"`, ...args);
      expect((JSON.parse(ended.stderr) as { error: ErrorData }).error).toMatchObject({
        code,
        place: join(disk, 'out'),
      });
      expect(ended).toMatchObject({ code: 1, stdout: '' });
    },
  );

  it.skipIf(!mounts).each(['size=4k', 'size=48k'])(
    'given a state folder on a disk of %s, when a stack starts on it, then it says that the disk is full and ends',
    async (option) => {
      const disk = join(home, 'disk');
      mkdirSync(disk, { recursive: true });
      const script = `mount -t tmpfs -o ${option} none ${disk} && "$@"`;
      const args = ['list', '--local', '--state', join(disk, 'state'), '--json'];
      const { code, stderr } = await Cli.runInShell(`exec unshare -rm sh -c '${script}' sh "$@"`, ...args);
      expect((JSON.parse(stderr) as { error: ErrorData }).error).toMatchObject({ code: 'PRUNEFRONT_STORE_FULL' });
      expect(code).toBe(1);
    },
  );
});
