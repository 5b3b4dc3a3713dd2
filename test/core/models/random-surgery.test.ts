import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrunefrontError } from '../../../core/errors.js';
import { describeTopology } from '../../../core/models/described-topology.js';
import { pruningGroups, removalOf } from '../../../core/models/groups.js';
import { KNOWN_CLASSES } from '../../../core/models/layers/index.js';
import { spreadRemoval } from '../../../core/models/removal.js';
import type { Removal } from '../../../core/models/surgery.js';
import type { Topology } from '../../../core/models/topology.js';
import { createRandom } from '../../../core/random.js';
import { randomGraph } from '../../support/random-graphs.js';
import { removalError } from '../../support/removals.js';

/** Classes that no unit passes: what it meets there stays. */
const NEVER_PASSED = ['InputLayer', 'Masking', 'Softmax'];

const RARITIES = [
  'gaps',
  'strides of 3',
  'steps left out',
  'stretched inputs',
  'channels of other sizes',
  'SeparableConv2D at every step',
  'Conv2DTranspose at every step',
  'BatchNormalization at every step',
];

/** Half of the units of all groups; every layer keeps the last one that could go. */
function halfOfAll(topology: Topology, seed: number): Removal {
  const random = createRandom(seed);
  const removals = pruningGroups(topology).groups.map((group) => {
    const kept = new Set(group.members.map(({ classes }) => classes.filter((id) => id !== null).at(-1)));
    const ids = Array.from({ length: group.classes }, (_, id) => id);
    return removalOf(
      group,
      ids.filter((id) => !kept.has(id) && random.next() < 0.5),
    );
  });
  return Object.assign({}, ...removals) as Removal;
}

/** Layers that lose a unit or a feature. */
function touched(topology: Topology, remove: Removal): string[] {
  const { input, units } = spreadRemoval(topology, remove);
  return topology.nodes.flatMap(({ className }, i) =>
    (input[i]?.size ?? 0) + (units[i]?.size ?? 0) > 0 ? [className] : [],
  );
}

/** What of its layers a graph has that few graphs have. */
function raritiesOf(topology: Topology): string[] {
  const descriptions = describeTopology(topology);
  return topology.nodes.flatMap(({ className, config, inputs }, i) => {
    const { class_name: wrapped } = (config['layer'] ?? {}) as { readonly class_name?: string };
    const [before = [], after = []] = [descriptions[inputs[0] ?? -1]?.output, descriptions[i]?.output];
    const isRearranged = className === 'Reshape' && Math.min(before.length, after.length) > 1;
    const shapes = new Set(inputs.map((input) => descriptions[input]?.output.join()));
    return [
      ...(className === 'TimeDistributed' ? [`${wrapped} at every step`] : []),
      ...(JSON.stringify(config['dilation_rate'])?.includes('2') === true ? ['gaps'] : []),
      ...(JSON.stringify(config['strides'])?.includes('3') === true ? ['strides of 3'] : []),
      ...(config['mask_zero'] === true ? ['steps left out'] : []),
      ...(isRearranged && before.at(-1) !== after.at(-1) && descriptions[i]?.flow.kind === 'passes'
        ? ['channels of other sizes']
        : []),
      ...(shapes.size > 1 && className !== 'Concatenate' ? ['stretched inputs'] : []),
    ];
  });
}

/** Whether an action is done; refused, it names a layer of the model. */
async function isDone(topology: Topology, action: () => Promise<void> | void): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof PrunefrontError) || error.code !== 'PRUNEFRONT_NOT_REMOVABLE') throw error;
    expect(topology.nodes.map(({ name }) => name)).toContain(error.facts.place);
    return false;
  }
}

describe('surgery on random graphs of all layers', () => {
  it('given units of all groups, then the smaller model gives the masked one’s outputs through every class, or the layer that keeps them is named', async () => {
    let proven = 0;
    let refused = 0;
    const passed = new Set<string>();
    const rare = new Set<string>();
    await fc.assert(
      fc.asyncProperty(randomGraph, fc.nat(1_000), async (topology, seed) => {
        const remove = halfOfAll(topology, seed);
        if (Object.keys(remove).length === 0) return;
        const done = await isDone(topology, async () =>
          expect(await removalError(topology, remove, seed)).toBeLessThan(1e-4),
        );
        if (!done) {
          refused++;
          return;
        }
        proven++;
        for (const className of touched(topology, remove)) passed.add(className);
        for (const rarity of raritiesOf(topology)) rare.add(rarity);
      }),
      { numRuns: 800, seed: 6 },
    );
    expect(proven).toBeGreaterThan(10 * refused);
    const known = KNOWN_CLASSES.filter((className) => !NEVER_PASSED.includes(className));
    expect([...passed].sort()).toEqual([...known].sort());
    expect([...rare]).toEqual(expect.arrayContaining(RARITIES));
  }, 120_000);
});
