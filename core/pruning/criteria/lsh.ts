import { standardNormal } from '../../random.js';
import { numberOf, type Settings } from '../../registry/index.js';
import type { Criterion, ScoredLayer } from './criterion.js';
import type { Evidence } from './evidence.js';
import { unitNorms } from './norms.js';
import { type UnitRows, unitRows } from './unit-rows.js';

/** Units of a layer in groups of one direction: by unit the one that stands for it, itself where it is alone or the largest of its group. */
interface Groups {
  readonly norms: Float32Array;
  readonly representatives: Uint32Array;
}

/**
 * Locality-sensitive hashing of weight vectors: on which side of random hyperplanes through the origin they lie says which have nearly the
 * same direction (Charikar 2002). From the largest norm down, a unit that shares a bucket with one before it, in any of the tables, is
 * redundant. Redundant ones go first, those of the largest group before others and small norms before large ones; then the rest by L2
 * norm. When one goes, the largest of its group that stays takes over its outgoing weights, by the ratio of their norms where
 * that is exact. Biases are not looked at, and units without weights have no direction.
 */
export const LSH: Criterion = {
  name: 'lsh',
  summary:
    'Units that hash to the same buckets as another one go first, and that one takes over their outgoing weights.',
  source: 'Charikar 2002',
  settings: {
    hyperplanes: {
      kind: 'number',
      description: 'Hyperplanes of a table: the more, the more alike units of one bucket are.',
      default: 12,
      minimum: 1,
      maximum: 48,
      integer: true,
    },
    tables: {
      kind: 'number',
      description: 'Tables: the more, the fewer alike units are missed.',
      default: 4,
      minimum: 1,
      maximum: 64,
      integer: true,
    },
  },
  units(layer, evidence, settings) {
    const { norms, representatives } = groupsOf(layer, evidence, settings);
    const sizes = new Uint32Array(layer.units);
    for (const representative of representatives) sizes[representative] = (sizes[representative] ?? 0) + 1;
    const beyond = 1 + Math.max(...norms);
    return norms.map((norm, unit) => {
      const representative = representatives[unit] ?? unit;
      return representative === unit ? norm : norm / beyond - (sizes[representative] ?? 1);
    });
  },
  alike: (layer, evidence, settings) => groupsOf(layer, evidence, settings).representatives,
};

function groupsOf(layer: ScoredLayer, evidence: Evidence, settings: Settings): Groups {
  const random = evidence.random(`hyperplanes of ${layer.layer}`);
  const norms = unitNorms(layer, 2);
  const order = [...norms.keys()].sort((a, b) => (norms[b] ?? 0) - (norms[a] ?? 0) || a - b);
  const rows = unitRows(layer);
  const tables = Array.from({ length: numberOf(settings, 'tables') }, () =>
    buckets(rows, numberOf(settings, 'hyperplanes'), random),
  );
  const firsts = tables.map(() => new Map<number, number>());
  const representatives = Uint32Array.from({ length: layer.units }, (_, unit) => unit);
  order.forEach((unit, rank) => {
    if (norms[unit] === 0) return;
    const found = tables.flatMap((table, t) => firsts[t]?.get(table[unit] ?? 0) ?? []);
    const earliest = Math.min(rank, ...found);
    representatives[unit] = order[earliest] ?? unit;
    if (earliest < rank) return;
    tables.forEach((table, t) => {
      firsts[t]?.set(table[unit] ?? 0, rank);
    });
  });
  return { norms, representatives };
}

/** The bucket of each row: a bit for each hyperplane. */
function buckets({ units, fanIn, values }: UnitRows, hyperplanes: number, random: () => number): Float64Array {
  const all = new Float64Array(units);
  for (let plane = 0; plane < hyperplanes; plane++) {
    const normal = Float64Array.from({ length: fanIn }, () => standardNormal(random));
    for (let unit = 0; unit < units; unit++) {
      let side = 0;
      for (let i = 0; i < fanIn; i++) side += (normal[i] ?? 0) * (values[unit * fanIn + i] ?? 0);
      all[unit] = (all[unit] ?? 0) * 2 + (side >= 0 ? 1 : 0);
    }
  }
  return all;
}
