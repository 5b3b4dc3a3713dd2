import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costsOf } from '../../../core/models/costs.js';
import { zooModel } from '../../../core/models/zoo/index.js';
import { loadPlugin } from '../../../core/plugins/load-plugin.js';
import { suggestCandidates } from '../../../core/search/candidates.js';
import { baselineStage } from '../../../core/search/stages.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { type TinySweep, tinySweep } from '../../support/tiny-sweep.js';
import { EXAMPLES, parse } from '../spec/parse.js';

describe('the example of a plugin', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  const file = join(EXAMPLES, 'plugin', 'plugin.mjs');
  let spec: SweepSpec;
  let sweep: TinySweep;

  beforeAll(async () => {
    await loadPlugin(file);
    spec = await parse(readFileSync(join(EXAMPLES, 'plugin', 'sweep.yaml'), 'utf8'));
    sweep = await tinySweep(await temporaryFolder());
  });

  it('given its text, then it is under 60 lines', () => {
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(60);
  });

  it('given its model, then it is as large as it says', () => {
    expect(costsOf(zooModel('thinCnn')).parameters).toBe(9098);
  });

  it('given its sweep, then its model learns, its criterion prunes, and both are trained by compiled steps', async () => {
    const dense = baselineStage(spec, sweep.dataset, { zoo: 'thinCnn' });
    expect(dense.plugins).toEqual({ 'model thinCnn': expect.stringMatching(/^[0-9a-f]{64}$/) });
    const { observation } = await sweep.run(dense);
    expect(observation.validation.accuracy).toBeGreaterThan(0.4);
    expect(observation.engine).toMatchObject({ kind: 'compiled' });
    const candidates = suggestCandidates(spec, dense, 0, spec.budget.candidates);
    const own = candidates.find(({ label }) => label.includes('relativeMagnitude'));
    const stage = own?.stages[0] ?? dense;
    expect(stage.plugins).toEqual({ 'criterion relativeMagnitude': dense.plugins?.['model thinCnn'] });
    const pruned = await sweep.run(stage);
    expect(pruned.observation.reachedSparsity).toBeCloseTo(0.8, 3);
    expect(pruned.observation.engine).toMatchObject({ kind: 'compiled' });
    expect(pruned.stage).toEqual(stage);
  });
});
