import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublicationView, ScheduleView } from '../../client/schedules.js';
import type { ErrorData } from '../../core/errors.js';
import { Cli, type Ended, jsonLines } from '../support/cli.js';
import { TestStack } from '../support/local-stack.js';
import { NightsFolder, TestSchedule } from '../support/nights.js';

let stack: TestStack;
let folder: NightsFolder;
let spec: string;

beforeAll(async () => {
  stack = await TestStack.start();
  folder = await NightsFolder.make(join(stack.state, 'team'));
  spec = join(folder.folder, 'nightly.yaml');
  await writeFile(spec, folder.spec('sides', 'watch: { models: ./models }\npublish: { name: sides }'));
});
afterAll(() => stack.stop());

function prunefront(...args: readonly string[]): Promise<Ended> {
  return Cli.run(...args, '--gateway', stack.gateway.address);
}

async function said(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await prunefront(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function told<T>(...args: readonly string[]): Promise<T> {
  return jsonLines(await said(...args, '--json'))[0] as T;
}

async function failed(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly error: ErrorData }> {
  const { code, stderr } = await prunefront(...args, '--json');
  return { code, error: (JSON.parse(stderr) as { error: ErrorData }).error };
}

describe('prunefront schedule and published', () => {
  it('given nothing yet, then both say so', async () => {
    expect(await said('schedule', 'list')).toBe('No schedule has been made yet.\n');
    expect(await said('published')).toBe('Nothing has been published yet.\n');
  });

  it('given a spec, when its schedule is made, run, paused and resumed, then each is told, and its night is shown', async () => {
    const made = await said('schedule', 'create', 'team', spec, '--cron', '0 2 * * *', '--time-zone', 'Europe/Berlin');
    expect(made).toMatch(/^Schedule team publishes as sides\. Its first night starts \d{4}-\d\d-\d\d \d\d:00 UTC\.\n$/);
    await folder.save('monday', 0.1);
    expect(await said('schedule', 'run-now', 'team')).toBe(
      'team: a night was asked for\nsee prunefront schedule show team\n',
    );
    await TestSchedule.of(stack, 'team').next(0);
    expect(await said('schedule', 'pause', 'team')).toBe('team: paused\n');
    expect(await said('schedule', 'list')).toMatch(/team +│ 0 2 \* \* \* Europe\/Berlin +│ paused +│ sides/);
    expect(await told('schedule', 'resume', 'team')).toEqual({ schedule: 'team', done: 'resume' });
    const shown = await said('schedule', 'show', 'team');
    expect(shown).toMatch(/published +│ +1 │/);
    expect(shown).toMatch(/^published: c\d+ \(.*\) keeps the constraints, and nothing was published before\.$/m);
    const { lastNight } = await told<ScheduleView>('schedule', 'show', 'team');
    expect(lastNight?.record?.version).toBe(1);
  });

  it('given a publication, then it is listed, shown, rolled back and written to a folder', async () => {
    await folder.save('tuesday', 0);
    await TestSchedule.of(stack, 'team').night();
    expect(await said('published')).toMatch(/sides +│ +2 │/);
    expect(await said('published', 'show', 'sides')).toMatch(/2 \* +│/);
    expect(await said('published', 'rollback', 'sides', '--version', '1')).toBe('sides: version 1 is current\n');
    expect((await told<PublicationView>('published', 'show', 'sides')).current).toBe(1);
    const out = join(stack.state, 'exported');
    const exported = await said('published', 'export', 'sides', out, '--version', '2');
    expect(exported).toContain('manifest.json');
    expect(exported).not.toContain('overwritten');
    expect(readdirSync(out).sort()).toEqual(['README.md', 'manifest.json', 'model.json', 'model.pfc', 'weights.bin']);
    expect(await said('published', 'export', 'sides', out, '--version', '1')).toMatch(
      /; .*manifest\.json.* of before overwritten\n$/,
    );
  });

  it('given nights that were missed, then they are asked for; given a schedule deleted, then what it published stays', async () => {
    const span = ['--from', '2026-01-01T00:00:00Z', '--to', '2026-01-02T00:00:00Z'];
    expect(await said('schedule', 'backfill', 'team', ...span)).toBe('team: 1 night asked for\n');
    await TestSchedule.of(stack, 'team').next(2);
    expect(await said('schedule', 'delete', 'team')).toBe('team: deleted\n');
    expect(await said('published')).toContain('sides');
  });

  it.each([
    ['a cron that never fires', 2, 'PRUNEFRONT_CRON', ['schedule', 'create', 'x', 'SPEC', '--cron', '0 0 31 2 *']],
    ['no cron', 2, 'PRUNEFRONT_USAGE', ['schedule', 'create', 'x', 'SPEC']],
    [
      'a spec without nights',
      2,
      'PRUNEFRONT_SPEC_MISSING',
      ['schedule', 'create', 'x', 'examples/smoke.yaml', '--cron', '0 2 * * *'],
    ],
    ['a schedule that is not there', 4, 'PRUNEFRONT_SCHEDULE_NOT_FOUND', ['schedule', 'pause', 'nobody']],
    ['a publication that is not there', 4, 'PRUNEFRONT_PUBLISHED_NOT_FOUND', ['published', 'show', 'nobody']],
    [
      'a version that is not there',
      4,
      'PRUNEFRONT_PUBLISHED_NOT_FOUND',
      ['published', 'rollback', 'sides', '--version', '9'],
    ],
    ['no time', 2, 'PRUNEFRONT_REQUEST', ['schedule', 'backfill', 'x', '--from', 'a', '--to', 'b']],
  ] as const)('given %s, then it exits with %i and %s', async (_, code, error, args) => {
    expect(await failed(...args.map((arg) => (arg === 'SPEC' ? spec : arg)))).toMatchObject({
      code,
      error: { code: error },
    });
  });

  it.each([
    ['--cron', ['schedule', 'create', 'x', 'SPEC', '--cron', 'never']],
    ['--time-zone', ['schedule', 'create', 'x', 'SPEC', '--cron', '0 2 * * *', '--time-zone', 'Mars']],
    ['--from', ['schedule', 'backfill', 'team', '--from', 'a', '--to', '2026-01-02T00:00:00Z']],
    ['--to', ['schedule', 'backfill', 'team', '--from', '2026-01-01T00:00:00Z', '--to', 'b']],
  ])('given a wrong %s, then the error names the option', async (place, args) => {
    expect((await failed(...args.map((arg) => (arg === 'SPEC' ? spec : arg)))).error.place).toBe(place);
  });
});
