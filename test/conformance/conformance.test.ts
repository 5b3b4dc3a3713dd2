import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../support/temporary-folder.js';
import { runConformance } from './run.js';

const VECTORS = join(dirname(fileURLToPath(import.meta.url)), 'vectors');

describe('conformance', () => {
  const temporaryFolder = temporaryFolders();

  async function run(
    content: string,
  ): Promise<{ outcome: Awaited<ReturnType<typeof runConformance>>; lines: string[] }> {
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'case.json'), content);
    const lines: string[] = [];
    return { outcome: await runConformance([folder], (line) => lines.push(line)), lines };
  }

  it('given the vectors of the reference implementations, then every case passes and what is missing is listed', async () => {
    const lines: string[] = [];
    const outcome = await runConformance([VECTORS], (line) => lines.push(line));
    expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([]);
    expect(outcome).toEqual({ passed: 196, failed: 0, refused: 0 });
    expect(lines).toContain('sampler.sobol: not yet there');
  });

  it('given a wrong expectation, then the case fails with its function, index and largest difference', async () => {
    const input = { points: [[1, 1]], reference: [3, 3] };
    const cases = [
      { input, expected: 4 },
      { input, expected: 4.5 },
    ];
    const { outcome, lines } = await run(JSON.stringify({ function: 'pareto.hypervolume', tolerance: 1e-9, cases }));
    expect(outcome).toEqual({ passed: 1, failed: 1, refused: 0 });
    expect(lines).toContain('FAILED pareto.hypervolume case 1: largest difference 0.5, tolerance 1e-9');
  });

  it('given another shape or an input that throws, then the difference is infinite', async () => {
    const cases = [
      { input: { points: [[1, 1]] }, expected: [0, 0] },
      { input: {}, expected: [0] },
    ];
    const { outcome, lines } = await run(JSON.stringify({ function: 'pareto.ranks', tolerance: 0, cases }));
    expect(outcome.failed).toBe(2);
    expect(lines.filter((line) => line.includes('largest difference Infinity'))).toHaveLength(2);
  });

  it.each([
    [
      'an unknown function',
      JSON.stringify({ function: 'mask.unheard', tolerance: 0, cases: [] }),
      'unknown function mask.unheard',
    ],
    ['a file that is no vector file', '[1, 2', 'not a vector file'],
  ])('given %s, then it is refused', async (_, content, told) => {
    const { outcome, lines } = await run(content);
    expect(outcome.refused).toBe(1);
    expect(lines.join('\n')).toContain(told);
  });
});
