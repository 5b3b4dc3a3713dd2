import { describe, expect, it } from 'vitest';
import type { NightSpec } from '../../../core/nightly/activities.js';
import { nightFingerprint } from '../../../core/nightly/fingerprint.js';
import { paperSpec } from '../../support/paper-sweeps.js';

const SPEC: NightSpec = {
  ...paperSpec('night', [0.5]),
  model: { file: '/models/a/model.json' },
  dataset: { csv: { file: '/data.csv', label: 'y' } },
  nightly: {
    watch: { models: '/models' },
    publish: { name: 'night', folder: null, tolerance: 0 },
    notify: { webhook: null, command: [], timeoutMs: 1000 },
  },
};
const HASHES = { '/models/a/model.json': 'model', '/models/a/weights.bin': 'weights', '/data.csv': 'data' };
const before = nightFingerprint(SPEC, HASHES);

describe('what a night judges', () => {
  it('given the same files under other names, and others to tell, then it is the same', () => {
    const { nightly } = SPEC;
    const moved: NightSpec = {
      ...SPEC,
      model: { file: '/models/b/model.json' },
      nightly: { ...nightly, notify: { ...nightly.notify, webhook: 'http://elsewhere' } },
    };
    const hashes = { '/models/b/model.json': 'model', '/models/b/weights.bin': 'weights', '/data.csv': 'data' };
    expect(nightFingerprint(moved, hashes)).toBe(before);
  });

  it.each([
    ['other weights', SPEC, { ...HASHES, '/models/a/weights.bin': 'others' }],
    ['other data', SPEC, { ...HASHES, '/data.csv': 'others' }],
    ['another search', { ...SPEC, select: { best: 'macs' } } satisfies NightSpec, HASHES],
    [
      'another publication',
      { ...SPEC, nightly: { ...SPEC.nightly, publish: { ...SPEC.nightly.publish, name: 'other' } } },
      HASHES,
    ],
  ])('given %s, then it is another one', (_, spec, hashes) => {
    expect(nightFingerprint(spec, hashes)).not.toBe(before);
  });
});
