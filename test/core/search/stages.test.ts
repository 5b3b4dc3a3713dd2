import { describe, expect, it } from 'vitest';
import { baselineStage, candidateStages } from '../../../core/search/stages.js';
import type { SearchPoint, Stage } from '../../../core/sweep/stage.js';
import { parse, SHORT } from '../spec/parse.js';

const AUGMENT = { shift: 2, flip: 'horizontal' } as const;
const TEXT = SHORT.replace('optimizer: adam', 'optimizer: adam, augment: { shift: 2, flip: horizontal }');
const ITERATIVE = {
  iterative: { rounds: 2, rewind: 'none', epochsPerRound: 1, fineTune: { epochs: 1, learningRate: 1e-4 } },
} as const;

async function stagesOf(text: string): Promise<Stage[]> {
  const spec = await parse(text);
  const baseline = baselineStage(spec, 'data', { zoo: 'mnistCnn' });
  const [method] = spec.space.method;
  const [recovery] = spec.space.recovery;
  if (method === undefined || recovery === undefined) throw new Error('the space is empty');
  const points: SearchPoint[] = ['oneShot' as const, ITERATIVE].map((schedule) => ({
    ...{ method, recovery, schedule },
    sparsity: 0.8,
  }));
  return [baseline, ...points.flatMap((point) => candidateStages(spec, baseline, point))];
}

describe('the stages of a spec', () => {
  it('given augmentations, then every training has them', async () => {
    const stages = await stagesOf(TEXT);
    expect(stages).toHaveLength(5);
    for (const { operation } of stages) expect(operation).toMatchObject({ training: { augment: AUGMENT } });
  });

  it('given none, then no stage speaks of them, so that keys are those of before there were any', async () => {
    const [baseline, ...rest] = await stagesOf(SHORT);
    expect(JSON.stringify([baseline, ...rest])).not.toContain('augment');
    expect(baseline?.key).toBe('458fa6517b39931c18e48e2efad0a9d7b10c25e3d0c468359f6fe0f34f5adb2a');
    expect(baseline?.key).not.toBe((await stagesOf(TEXT))[0]?.key);
  });
});
