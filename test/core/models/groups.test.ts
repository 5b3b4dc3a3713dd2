import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeTopology } from '../../../core/models/described-topology.js';
import { combineScores, pruningGroups, removalOf } from '../../../core/models/groups.js';
import { planRemoval } from '../../../core/models/surgery.js';
import type { Topology } from '../../../core/models/topology.js';
import { zooModel } from '../../../core/models/zoo/index.js';
import { randomGraph } from '../../support/random-graphs.js';
import { functionalOf, type Layer, sequentialOf } from '../../support/tiny-networks.js';

const layer = (class_name: string, name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name, ...config },
});
const dense = (name: string, units: number, activation = 'linear'): Layer =>
  layer('Dense', name, { units, activation });

/** Layers with units of their own, with their units. */
function producers(topology: Topology): (readonly [string, number])[] {
  return describeTopology(topology).flatMap(({ flow }, i) =>
    flow.kind === 'produces' ? [[topology.nodes[i]?.name ?? '', flow.units] as const] : [],
  );
}

/** Whether surgery would take these units. */
function isTaken(topology: Topology, layer: string, unit: number): boolean {
  try {
    planRemoval(topology, { [layer]: [unit] });
    return true;
  } catch {
    return false;
  }
}

describe('pruning groups', () => {
  it('given random graphs, then every unit that surgery takes is in one group, with all that go with it', () => {
    fc.assert(
      fc.property(randomGraph, (topology) => {
        const { groups, staying } = pruningGroups(topology);
        const members = groups.flatMap((group) => group.members.map((member) => ({ group, member })));
        // Each layer with units is in one group, or told why not.
        expect([...members.map(({ member }) => member.layer), ...staying.map(({ layer }) => layer)].sort()).toEqual(
          producers(topology)
            .map(([name]) => name)
            .sort(),
        );
        for (const [name, units] of producers(topology)) {
          const found = members.find(({ member }) => member.layer === name);
          if (found !== undefined) expect(found.member.classes).toHaveLength(units);
          for (let unit = 0; unit < units; unit++) {
            const id = found?.member.classes[unit] ?? null;
            expect(isTaken(topology, name, unit)).toBe(id !== null);
            if (found === undefined || id === null) continue;
            const together = removalOf(found.group, [id]);
            const gone = Object.entries(planRemoval(topology, { [name]: [unit] }).keptUnits).map(
              ([layer, kept]) => [layer, kept.length] as const,
            );
            expect(gone).toEqual(
              gone.map(([layer]) => {
                const all = found.group.members.find((member) => member.layer === layer)?.classes.length ?? 0;
                return [layer, all - (together[layer]?.length ?? 0)];
              }),
            );
          }
        }
        for (const { classes, members } of groups)
          expect(new Set(members.flatMap((member) => member.classes.filter((id) => id !== null))).size).toBe(classes);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it('given the residual net of the zoo, then the layers of a stage that additions join are one group', () => {
    const { groups, staying } = pruningGroups(zooModel('residualCnn'));
    expect(groups.map(({ members, classes }) => [members.map((member) => member.layer), classes])).toEqual([
      [['stem', 'block1_2'], 16],
      [['block1_1'], 16],
      [['block2_1'], 32],
      [['block2_2', 'block2_projection'], 32],
      [['block3_1'], 64],
      [['block3_2', 'block3_projection'], 64],
    ]);
    expect(staying).toEqual([{ layer: 'dense', reason: 'they reach the model’s output through dense' }]);
  });

  it('given branches side by side that are added to another, then its units follow each with an offset', () => {
    const topology = functionalOf(
      [5],
      [
        { ...dense('a', 2), from: ['input'] },
        { ...dense('b', 3), from: ['input'] },
        { ...layer('Concatenate', 'both'), from: ['a', 'b'] },
        { ...dense('c', 5), from: ['input'] },
        { ...layer('Add', 'sum'), from: ['c', 'both'] },
        { ...dense('out', 2), from: ['sum'] },
      ],
    );
    const [group] = pruningGroups(topology).groups;
    expect(group).toEqual({
      name: 'a',
      classes: 5,
      members: [
        { layer: 'a', kind: 'neuron', classes: [0, 1] },
        { layer: 'b', kind: 'neuron', classes: [2, 3, 4] },
        { layer: 'c', kind: 'neuron', classes: [0, 1, 2, 3, 4] },
      ],
    });
    if (group === undefined) return;
    expect(removalOf(group, [1, 3])).toEqual({ a: [1], b: [1], c: [1, 3] });
    const scores = new Map([
      ['a', [2, 4]],
      ['b', [6, 8, 10]],
      ['c', [4, 4, 4, 4, 4]],
    ]);
    expect([...combineScores(group, scores)]).toEqual([3, 4, 5, 6, 7]);
    scores.delete('c');
    expect([...combineScores(group, scores)]).toEqual([2, 4, 6, 8, 10]);
  });

  it('given a dense layer that becomes an image, then the units of a channel are one class', () => {
    const topology = sequentialOf(
      [3],
      [
        dense('code', 12),
        layer('Reshape', 'image', { target_shape: [2, 2, 3] }),
        layer('Conv2D', 'conv', { filters: 2, kernel_size: [1, 1] }),
      ],
    );
    const [group] = pruningGroups(topology).groups;
    expect(group?.members[0]?.classes).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    const { topology: smaller } = planRemoval(topology, { code: [1] });
    expect(smaller.nodes[1]?.config['units']).toBe(8);
    expect(smaller.nodes[2]?.config['target_shape']).toEqual([2, 2, 2]);
  });

  it('given a bidirectional layer, then unit j of both directions and its two features are one', () => {
    const lstm = { class_name: 'LSTM', config: { name: 'lstm', units: 3 } };
    const topology = sequentialOf([4, 2], [layer('Bidirectional', 'both', { layer: lstm }), dense('out', 2)]);
    expect(pruningGroups(topology).groups[0]?.members).toEqual([
      { layer: 'both', kind: 'recurrent', classes: [0, 1, 2] },
    ]);
    const { kept, topology: smaller } = planRemoval(topology, { both: [1] });
    expect(kept.get('out/kernel')?.[0]).toEqual([0, 2, 3, 5]);
    expect(kept.get('both/backward_lstm/kernel')?.[1]).toHaveLength(8);
    expect(smaller.nodes[1]?.config['layer']).toMatchObject({ config: { units: 2 } });
  });

  it.each([
    ['the model’s output', [dense('a', 3)], 'they reach the model’s output through a'],
    ['layer norm', [dense('a', 3), layer('LayerNormalization', 'norm'), dense('b', 2)], 'norm (LayerNormalization)'],
    ['softmax', [dense('a', 3, 'softmax'), dense('b', 2)], 'a (Dense) needs all features'],
    [
      'a mixing Reshape',
      [
        layer('RepeatVector', 'r', { n: 4 }),
        dense('a', 3),
        layer('Reshape', 'mix', { target_shape: [6, 2] }),
        dense('b', 2),
      ],
      'mix (Reshape) needs all features',
    ],
    ['one unit', [dense('a', 1), dense('b', 2)], 'a layer has to keep one unit'],
  ])('given %s, then the units that stay are told why', (_, layers, reason) => {
    const { staying } = pruningGroups(sequentialOf([5], layers));
    expect(staying.find(({ layer }) => layer === 'a')?.reason).toContain(reason);
  });
});
