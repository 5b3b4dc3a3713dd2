import { describe, expect, it } from 'vitest';
import { baselineStage, candidateStages } from '../../../core/search/stages.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';
import { change, parse, refusal } from './parse.js';

const written = (precision: string): string => change('optimizer: adam', `optimizer: adam, precision: ${precision}`);

function stagesOf(spec: SweepSpec) {
  const dense = baselineStage(spec, 'data', { zoo: 'mnistCnn' });
  const [method, schedule, recovery] = [spec.space.method[0], spec.space.schedule[0], spec.space.recovery[0]];
  if (method === undefined || schedule === undefined || recovery === undefined) throw new Error('no point');
  return [dense, ...candidateStages(spec, dense, { method, sparsity: 0.8, schedule, recovery })];
}

describe('the precision of trainings in a spec', () => {
  it.each(['bfloat16', 'auto'] as const)(
    'given %s, then every training has it, and stages are others',
    async (precision) => {
      const spec = await parse(written(precision));
      expect(spec.baseline.precision).toBe(precision);
      const plain = stagesOf(await parse(change('epochs: 2', 'epochs: 2')));
      stagesOf(spec).forEach(({ operation, key }, i) => {
        expect(operation).toMatchObject({ training: { precision } });
        expect(key).not.toBe(plain[i]?.key);
      });
    },
  );

  it('given bfloat16 and auto, then their stages are not the same', async () => {
    const [half, auto] = [stagesOf(await parse(written('bfloat16'))), stagesOf(await parse(written('auto')))];
    for (const [i, { key }] of half.entries()) expect(key).not.toBe(auto[i]?.key);
  });

  it('given float32 or nothing, then keys are those of before there was a choice', async () => {
    const [named, absent] = [
      stagesOf(await parse(written('float32'))),
      stagesOf(await parse(change('epochs: 2', 'epochs: 2'))),
    ];
    expect(named.map(({ key }) => key)).toEqual(absent.map(({ key }) => key));
    expect(JSON.stringify([named, absent])).not.toContain('precision');
    expect(absent[0]?.key).toBe('5e155a12c2ae77a03dc9eb521dc201d4d22380cb8eaf4aa7efacdca9ec9cea54');
  });

  it('given another word, then it is refused with those that there are', async () => {
    expect(await refusal(written('float16'))).toMatchObject({
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: 'sweep.yaml:4:52 baseline.precision',
      found: 'float16',
      allowed: 'float32, bfloat16, auto',
    });
  });
});
