import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../tools/doctor.js';

it('finds TensorFlow and the Temporal server working, and gives a remedy for all that is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prunefront-doctor-'));
  try {
    const diagnoses = await diagnose({ store: join(folder, 'store') });
    const byName = Object.fromEntries(diagnoses.map((diagnosis) => [diagnosis.name, diagnosis]));
    expect(byName['TensorFlow']).toMatchObject({ state: 'ok', found: expect.stringMatching(/^2\..*CPU:0/) });
    expect(byName['Temporal server']).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('temporal version'),
    });
    expect(byName['store']?.found).toContain('will be made');
    for (const diagnosis of diagnoses) expect(diagnosis.remedy === undefined).toBe(diagnosis.state === 'ok');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('tells a missing server and a store that is a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prunefront-doctor-'));
  const before = process.env['PRUNEFRONT_TEMPORAL_CLI'];
  try {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    process.env['PRUNEFRONT_TEMPORAL_CLI'] = join(folder, 'temporal');
    const diagnoses = await diagnose({ store: file });
    const problems = diagnoses.filter(({ state }) => state === 'problem').map(({ name }) => name);
    expect(problems).toEqual(['Temporal server', 'store']);
  } finally {
    if (before === undefined) delete process.env['PRUNEFRONT_TEMPORAL_CLI'];
    else process.env['PRUNEFRONT_TEMPORAL_CLI'] = before;
    rmSync(folder, { recursive: true, force: true });
  }
});
