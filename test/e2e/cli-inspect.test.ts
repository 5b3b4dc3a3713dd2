import { describe, expect, it } from 'vitest';
import type { ErrorData } from '../../core/errors.js';
import type { ModelInspection } from '../../core/models/inspection.js';
import { Cli } from '../support/cli.js';

describe('prunefront inspect', () => {
  it('given a model of the zoo, then its groups are printed, and the same facts as JSON', async () => {
    const { code, stdout } = await Cli.run('inspect', 'residualCnn');
    expect(code).toBe(0);
    expect(stdout).toContain('\n  stem: 16 of stem (filters), block1_2 (filters)\n');
    const json = JSON.parse((await Cli.run('inspect', 'residualCnn', '--json')).stdout) as ModelInspection;
    expect(json.groups[0]).toMatchObject({ name: 'stem', classes: 16 });
    expect(json.layers.find(({ layer }) => layer === 'dense')?.staysBecause).toContain('output');
  });

  it('given a file that is not there, then it exits with an error that names it', async () => {
    const { code, stderr } = await Cli.run('inspect', './nowhere/model.json', '--json');
    const { error } = JSON.parse(stderr) as { error: ErrorData };
    expect(code).toBeGreaterThan(0);
    expect(error).toMatchObject({ code: 'PRUNEFRONT_MODEL_NOT_FOUND', place: './nowhere/model.json' });
  });
});
