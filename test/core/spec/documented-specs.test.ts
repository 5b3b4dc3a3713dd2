import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as readYaml, stringify } from 'yaml';
import { zooModel } from '../../../core/models/zoo/index.js';
import { planSweep } from '../../../core/search/plan.js';
import { describedSchema } from '../../../core/spec/json-schema.js';
import { projectRoot } from '../../../tools/paths.mjs';
import { dataFile } from '../../support/data-files.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { savedModel } from '../../support/tiny-sweep.js';
import { EXAMPLES, parse } from './parse.js';

const ROOT = projectRoot();
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => join('docs', name))].filter((name) =>
  name.endsWith('.md'),
);
const KEYS = Object.keys(describedSchema().properties ?? {});
const ASSUMED = { examplesPerSecond: 2000, slots: 2, trainExamples: 7000 };

/** What a fragment is a part of. */
const WHOLE = {
  name: 'documented',
  model: { zoo: 'residualCnn' },
  dataset: 'mnist',
  baseline: { epochs: 2, optimizer: 'adam' },
  space: {
    method: { granularity: 'weight', criterion: 'magnitude', scope: 'global' },
    sparsity: 0.5,
    schedule: 'oneShot',
    recovery: { epochs: 1, learningRate: 0.001 },
  },
};

type Written = Partial<typeof WHOLE>;

/** A block of YAML on a page; `fragment` behind the word yaml marks a part of a spec. */
interface Fence {
  readonly place: string;
  readonly isFragment: boolean;
  readonly text: string;
}

function fencesOf(page: string): Fence[] {
  const content = readFileSync(join(ROOT, page), 'utf8');
  return [...content.matchAll(/^```yaml(.*)\n([\s\S]*?)^```$/gm)].map(({ 1: mark = '', 2: text = '', index }) => ({
    place: `${page}:${content.slice(0, index).split('\n').length}`,
    isFragment: mark.trim() === 'fragment',
    text,
  }));
}

/** Settings of Temporal and of Kubernetes have none of a spec's keys. */
const isSpec = ({ text }: Fence): boolean => Object.keys(readYaml(text) as Written).some((key) => KEYS.includes(key));

function wholeText({ text, isFragment }: Fence): string {
  if (!isFragment) return text;
  const written = readYaml(text) as Written;
  return stringify({ ...WHOLE, ...written, space: { ...WHOLE.space, ...written.space } });
}

describe('the specs on the pages', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  const specs = PAGES.flatMap(fencesOf).filter(isSpec);
  let folder = '';

  // The files that README.md and docs/nightly.md name.
  beforeAll(async () => {
    folder = await temporaryFolder();
    await savedModel(folder, zooModel('mnistCnn'));
    await dataFile(folder, 'train.npz', 'examples');
    const first = join(folder, 'models', 'first');
    await mkdir(first, { recursive: true });
    for (const name of ['model.json', 'weights.bin'])
      await copyFile(join(EXAMPLES, 'models', 'spirals', name), join(first, name));
    await dataFile(
      folder,
      'data.csv',
      (await readFile(join(EXAMPLES, 'data', 'spirals.csv'), 'utf8')).replace('spiral', 'kind'),
    );
  });

  it('given the pages that show specs, then they are among those that are read', () => {
    const pages = new Set(specs.map(({ place }) => place.split(':')[0]));
    expect([...pages]).toEqual(
      expect.arrayContaining(['README.md', 'docs/nightly.md', 'docs/pruning.md', 'docs/spec.md']),
    );
  });

  it.each(specs)('given $place, then it is a whole spec with a plan, or becomes one', async (fence) => {
    const spec = await parse(wholeText(fence), folder);
    expect(planSweep(spec, ASSUMED).candidates).toBeGreaterThan(0);
  });
});
