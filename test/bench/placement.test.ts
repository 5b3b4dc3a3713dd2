import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeInputs } from '../../bench/step/inputs.js';
import { placementOf } from '../../bench/step/placement.js';
import { placementLines } from '../../bench/step/report.js';
import { workerCommand } from '../../bench/step/sides.js';
import { projectRoot } from '../../tools/paths.mjs';
import { temporaryFolders } from '../support/temporary-folder.js';

const makeFolder = temporaryFolders();

describe('placement', () => {
  it('given our program on a CPU, then TensorFlow tells that the whole graph and the examples lie there', async () => {
    const inputs = join(await makeFolder(), 'inputs.safetensors');
    await writeInputs(inputs);
    const task = { side: 'ours', model: 'lenet300100', batch: 64, threads: 1 } as const;
    const { program, args, environment } = workerCommand(task, { python: '', inputs, device: 'cpu' });
    // The built program: this process runs TypeScript.
    const built = args.map((arg) => arg.replace(join(projectRoot(), 'bench'), join(projectRoot(), 'dist', 'bench')));
    const placement = placementOf({ program, args: built, environment });
    expect([...(placement?.nodes.keys() ?? [])]).toEqual(['CPU:0']);
    expect(placement?.nodes.get('CPU:0')).toBeGreaterThan(100);
    expect(placement?.onHost).toContain('ResourceApplyAdam');
    expect(placementLines(placement)).toMatch(/nodes on CPU:0 \(.*GatherV2.*\); resident examples on CPU:0$/);
  });

  it('given a program that ends without a graph, then that is told instead of a place', () => {
    const placement = placementOf({ program: process.execPath, args: ['--eval', ''], environment: {} });
    expect(placement).toBeNull();
    expect(placementLines(placement)).toBe('  ours has no graph that TensorFlow would place');
  });
});
