import { describe, expect, it } from 'vitest';
import { PrunefrontError } from '../../../core/errors.js';
import { candidateFailure } from '../../../workers/trainer/candidate-failure.js';

const byPlugin = (cause: Error): PrunefrontError =>
  new PrunefrontError('PRUNEFRONT_PLUGIN', 'The loss own fails in perExample', {}, { cause });

describe('the failure of a candidate', () => {
  it.each(['OOM when allocating tensor', 'std::bad_alloc'])(
    'given %s, also in a piece of a plugin, then it is out of memory',
    (text) => {
      for (const error of [new Error(text), byPlugin(new Error(text))])
        expect(candidateFailure(error)).toMatchObject({ code: 'PRUNEFRONT_OUT_OF_MEMORY', facts: { found: text } });
    },
  );

  it('given another fault of a plugin, then it stays one, whatever its words are', () => {
    const error = byPlugin(new Error('Incompatible shapes'));
    expect(candidateFailure(error)).toBe(error);
    expect(candidateFailure(new Error('Incompatible shapes'))).toMatchObject({ code: 'PRUNEFRONT_IMPOSSIBLE_SHAPE' });
  });
});
