import { describe, expect, it } from 'vitest';
import { loadPlugin } from '../../../core/plugins/load-plugin.js';
import { requirePlugins } from '../../../core/plugins/plugin-hashes.js';
import { CRITERIA } from '../../../core/pruning/criteria/index.js';
import { suggestCandidates } from '../../../core/search/candidates.js';
import { baselineStage } from '../../../core/search/stages.js';
import { sweepIdOf } from '../../../core/spec/sweep-id.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';
import type { Stage } from '../../../core/sweep/stage.js';
import { errorOf } from '../../support/errors.js';
import { criterionText, pluginFile } from '../../support/plugins.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { parse, SHORT } from '../spec/parse.js';

/** The short spec with a criterion; not by its text, as what texts can name is settled with the first one. */
async function specWith(criterion: string): Promise<SweepSpec> {
  const spec = await parse(SHORT);
  return { ...spec, space: { ...spec.space, method: spec.space.method.map((method) => ({ ...method, criterion })) } };
}

/** The stage of such a spec that prunes. */
async function pruningStage(criterion: string): Promise<Stage> {
  const spec = await specWith(criterion);
  const [candidate] = suggestCandidates(spec, baselineStage(spec, 'data', { zoo: 'mnistCnn' }), 0, 1);
  const [stage] = candidate?.stages ?? [];
  if (stage === undefined) throw new Error('there is no candidate');
  return stage;
}

describe('plugins of stages', () => {
  const temporaryFolder = temporaryFolders();

  it('given a stage without a piece of a plugin, then nothing speaks of plugins, so that keys stay', async () => {
    const stage = await pruningStage('magnitude');
    expect(stage).not.toHaveProperty('plugins');
    expect(() => requirePlugins(stage)).not.toThrow();
  });

  it('given another content of the plugin, then the stage and the sweep are others', async () => {
    const folder = await temporaryFolder();
    const found = [];
    for (const scores of ['kernel.values.map(Math.abs)', 'kernel.values.map((value) => value * value)']) {
      const name = `plugin${found.length}.mjs`;
      const file = await pluginFile(folder, `{ criteria: [${criterionText('changing', scores)}] }`, name);
      await loadPlugin(file);
      const stage = await pruningStage('changing');
      expect(stage.plugins).toEqual({ 'criterion changing': CRITERIA.originOf('changing') });
      found.push({ key: stage.key, parent: stage.parent, sweep: await sweepIdOf(await specWith('changing')) });
      forget('changing');
    }
    const [before, after] = found;
    expect(after?.key).not.toBe(before?.key);
    expect(after?.sweep).not.toBe(before?.sweep);
    // The dense model has nothing of the plugin.
    expect(after?.parent).toBe(before?.parent);
  });

  it('given a stage of another version, or of a plugin that is not here, then it is refused with what to do', async () => {
    const file = await pluginFile(await temporaryFolder(), `{ criteria: [${criterionText('versioned')}] }`);
    await loadPlugin(file);
    const stage = await pruningStage('versioned');
    expect(() => requirePlugins(stage)).not.toThrow();
    const other = { plugins: { 'criterion versioned': 'f'.repeat(64) } };
    const version = await errorOf('PRUNEFRONT_PLUGIN', () => requirePlugins(other));
    expect(version.message).toContain('another version');
    expect(version.facts).toMatchObject({ place: 'criterion versioned', hint: expect.stringContaining('--plugin') });
    for (const piece of ['criterion absent', 'sampler absent']) {
      const lacking = await errorOf('PRUNEFRONT_PLUGIN', () =>
        requirePlugins({ plugins: { [piece]: 'f'.repeat(64) } }),
      );
      expect(lacking.message).toContain('does not have');
    }
  });
});

/** As a process that is started again has forgotten a piece. */
function forget(name: string): void {
  for (const map of Object.values(CRITERIA)) if (map instanceof Map) map.delete(name);
}
