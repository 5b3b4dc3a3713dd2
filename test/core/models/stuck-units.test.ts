import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldConstants } from '../../../core/models/folding.js';
import { memberNames, pruningGroups, removalOf } from '../../../core/models/groups.js';
import { stuckUnits } from '../../../core/models/stuck-units.js';
import { randomGraph } from '../../support/random-graphs.js';
import { randomWeights } from '../../support/tiny-networks.js';

describe('units that no bias can stand for', () => {
  it('given random graphs, then a group is told to have some exactly where trained weights let some class not go', () => {
    const counts = { stuck: 0, free: 0, partly: 0 };
    fc.assert(
      fc.property(randomGraph, fc.nat(1_000), (topology, seed) => {
        const weights = randomWeights(topology, seed);
        for (const group of pruningGroups(topology).groups) {
          const refused = Array.from({ length: group.classes }, (_, id) => {
            try {
              foldConstants(topology, weights, removalOf(group, [id]));
              return false;
            } catch (error) {
              expect(error).toMatchObject({ code: 'PRUNEFRONT_NOT_REMOVABLE' });
              return true;
            }
          });
          const stuck = stuckUnits(topology, group);
          expect(stuck !== null).toBe(refused.includes(true));
          if (stuck !== null) expect(memberNames(group)).toContain(stuck.layer);
          counts[stuck === null ? 'free' : 'stuck']++;
          if (stuck !== null && refused.includes(false)) counts.partly++;
        }
      }),
      { numRuns: 600, seed: 6 },
    );
    expect(counts.free).toBeGreaterThan(counts.stuck);
    expect(counts.partly).toBeGreaterThan(0);
  });
});
