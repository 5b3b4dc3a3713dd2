import { afterAll, expect, it } from 'vitest';
import { baselineStage } from '../../../core/search/stages.js';
import { ProgramCache } from '../../../core/training/engines/program-cache.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { tinySweep } from '../../support/tiny-sweep.js';
import { change, parse } from '../spec/parse.js';

const temporaryFolder = temporaryFolders(afterAll);

it('given a spec that names top-k, then a compiled training measures them in their order between accuracy and 1', async () => {
  const named = 'objectives: [{ maximize: top2 }, { minimize: macs }]\nconstraints: [{ top3: { atLeast: 0.1 } }]\n';
  const spec = await parse(`${change('mnistCnn', 'mnistMlp')}${named}`);
  const sweep = await tinySweep(await temporaryFolder());
  const dense = baselineStage(spec, sweep.dataset, { zoo: 'mnistMlp' });
  const { observation } = await sweep.run(dense, { programs: new ProgramCache() });
  const { accuracy = Number.NaN, top5 = Number.NaN, own = {} } = observation.validation;
  expect(observation.engine?.kind).toBe('compiled');
  expect(Object.keys(own)).toEqual(['top2', 'top3']);
  const rising = [0.5, accuracy, own['top2'], own['top3'], top5, 1] as number[];
  expect(rising).toEqual(rising.toSorted((a, b) => a - b));
});
