import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sweepIdOf } from '../../../core/spec/sweep-id.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { parse, refusal, SHORT } from './parse.js';

const temporaryFolder = temporaryFolders();
const NIGHTLY = 'nightly: { watch: { models: ./models }, publish: { name: digits } }\n';

async function folderWithModels(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'models'));
  return folder;
}

describe('the nightly section of a spec', () => {
  it('given its shortest form, then its defaults are filled in, and paths are absolute', async () => {
    const folder = await folderWithModels();
    expect((await parse(`${SHORT}${NIGHTLY}`, folder)).nightly).toEqual({
      watch: { models: join(folder, 'models') },
      publish: { name: 'digits', folder: null, tolerance: 0 },
      notify: { webhook: null, command: [], timeoutMs: 30_000 },
    });
  });

  it('given a program beside the spec, then it is found from anywhere; any other is looked for on the PATH', async () => {
    const folder = await folderWithModels();
    const command = async (text: string) =>
      (await parse(`${SHORT}${NIGHTLY.replace(' } }', ` }, notify: { command: ${text} } }`)}`, folder)).nightly?.notify
        .command;
    expect(await command('[./told.sh, --now]')).toEqual([join(folder, 'told.sh'), '--now']);
    expect(await command('[mail, ./a]')).toEqual(['mail', './a']);
  });

  it('given a spec with it and one without, then their sweep is one', async () => {
    const folder = await folderWithModels();
    const plain = await sweepIdOf(await parse(SHORT, folder));
    expect(await sweepIdOf(await parse(`${SHORT}${NIGHTLY}`, folder))).toBe(plain);
    expect(await sweepIdOf(await parse(SHORT, folder), { stored: 'published' })).not.toBe(plain);
  });

  it.each([
    ['neither models nor data', '{ watch: {}, publish: { name: x } }', 'PRUNEFRONT_SPEC_VALUE', 'nightly.watch'],
    ['no name', '{ watch: { models: . }, publish: {} }', 'PRUNEFRONT_SPEC_MISSING', 'nightly.publish.name'],
    [
      'a name that is a path',
      '{ watch: { models: . }, publish: { name: ../x } }',
      'PRUNEFRONT_SPEC_VALUE',
      'nightly.publish.name',
    ],
    [
      'a tolerance in percent',
      '{ watch: { models: . }, publish: { name: x, tolerance: 5 } }',
      'PRUNEFRONT_SPEC_RANGE',
      'nightly.publish.tolerance',
    ],
    [
      'a webhook that is none',
      '{ watch: { models: . }, publish: { name: x }, notify: { webhook: "file:///etc/passwd" } }',
      'PRUNEFRONT_SPEC_VALUE',
      'nightly.notify.webhook',
    ],
    [
      'a folder that is not there',
      '{ watch: { models: nowhere }, publish: { name: x } }',
      'PRUNEFRONT_MODEL_NOT_FOUND',
      'nightly.watch.models',
    ],
    ['built-in data', '{ watch: { data: . }, publish: { name: x } }', 'PRUNEFRONT_SPEC_CONFLICT', 'nightly.watch.data'],
  ])('given %s, then it is refused with its place', async (_, nightly, code, path) => {
    const error = await refusal(`${SHORT}nightly: ${nightly}\n`);
    expect(error.code).toBe(code);
    expect(error.place).toMatch(new RegExp(`^sweep\\.yaml:\\d+:\\d+ ${path.replaceAll('.', '\\.')}$`));
  });
});
