import { describe, expect, it } from 'vitest';
import { inspectionLines } from '../../cli/view/inspection.js';
import { inspectTopology } from '../../core/models/inspection.js';
import type { Topology } from '../../core/models/topology.js';
import { functionalOf, type Layer, sequentialOf } from '../support/tiny-networks.js';

const layer = (class_name: string, name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name, ...config },
});
const lines = (topology: Topology): string[] => inspectionLines(inspectTopology('net', topology));

describe('an inspection for people', () => {
  const conv = (name: string) => layer('Conv2D', name, { filters: 3, kernel_size: [3, 3], padding: 'same' });
  const residual = functionalOf(
    [6, 6, 1],
    [
      { ...conv('stem'), from: ['input'] },
      { ...conv('left'), from: ['stem'] },
      { ...layer('Add', 'sum'), from: ['stem', 'left'] },
      { ...layer('GlobalAveragePooling2D', 'mean'), from: ['sum'] },
      { ...layer('Dense', 'out', { units: 2 }), from: ['mean'] },
    ],
  );

  it('given a residual net, then its layers stand with what they cost, and what goes together in one line', () => {
    const [head, table, ...rest] = lines(residual);
    expect(head).toBe('net: 122 parameters, 3,894 MACs, 488 B in float32');
    expect(table).toMatch(/stem +│ Conv2D +│ 6 × 6 × 3 +│ +30 │ +972 │ +120 B │ +3 │ stem/);
    expect(table).toMatch(/out +│ Dense +│ 2 +│ +8 │ +6 │ +32 B │ +2 │ –/);
    expect(rest).toEqual([
      '',
      'Units that can go, together where layers share them:',
      '  stem: 3 of stem (filters), left (filters)',
      'Units that cannot:',
      '  out: they reach the model’s output through out',
      '',
      'Layers and residual blocks that can go as a whole:',
      '  sum: 84 parameters, 2,916 MACs; left, sum',
      'What cannot:',
      '  stem: it makes [6, 6, 3] of [6, 6, 1]',
      '  left: sum would take one output twice',
      '  out: it makes [2] of [3]',
    ]);
  });

  it('given layers of which only a part can go, then it says how much', () => {
    const topology = functionalOf(
      [2],
      [
        { ...layer('Dense', 'a', { units: 3 }), from: ['input'] },
        { ...layer('Concatenate', 'both'), from: ['input', 'a'] },
        { ...layer('Dense', 'b', { units: 5 }), from: ['input'] },
        { ...layer('Add', 'sum'), from: ['both', 'b'] },
        { ...layer('Dense', 'out', { units: 2 }), from: ['sum'] },
      ],
    );
    expect(lines(topology)).toContain('  a: 3 of a (neurons), b (3 of 5 neurons)');
  });

  it('given a net of which nothing can go, then it says none', () => {
    const topology = sequentialOf([4], [layer('Dense', 'out', { units: 2 })]);
    expect(lines(topology).filter((line) => line === '  none')).toHaveLength(2);
  });
});
