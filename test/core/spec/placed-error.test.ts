import { describe, expect, it } from 'vitest';
import { PrunefrontError } from '../../../core/errors.js';
import { placedError } from '../../../core/spec/placed-error.js';

const SPEC = {
  text: 'name: it\nmodel: { zoo: lenet5 }\ndataset:\n  npz: { file: ./d.npz, x: xx, y: y }\nsplit: { seed: 3 }\n',
  fileName: 'sweep.yaml',
};
const at = (place: string | undefined): PrunefrontError =>
  new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'It does not fit', {
    ...(place === undefined ? {} : { place }),
    found: 'a',
    allowed: 'b',
  });

describe('an error at a key of a spec', () => {
  it.each([
    ['model', 'sweep.yaml:2:8 model'],
    ['dataset.npz.x', 'sweep.yaml:4:28 dataset.npz.x'],
    ['split.train', 'sweep.yaml:5:1 split.train'],
  ])('given the place %s, then its line is told, and all else stays', (place, placed) => {
    const { code, message, facts } = placedError(at(place), SPEC);
    expect({ code, message, facts }).toEqual({
      code: 'PRUNEFRONT_DATA_SHAPE',
      message: 'It does not fit',
      facts: { place: placed, found: 'a', allowed: 'b' },
    });
  });

  it.each([['/data/dataset.csv:3:2 kind'], ['conv1'], [undefined]])(
    'given the place %s, which is none of the spec, then it stays',
    (place) => {
      const error = at(place);
      expect(placedError(error, SPEC)).toBe(error);
    },
  );
});
