import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zooModel } from '../../../core/models/zoo/index.js';
import { loadPlugin, loadPlugins } from '../../../core/plugins/load-plugin.js';
import { REGISTRIES } from '../../../core/plugins/plugin.js';
import { registeredPieces } from '../../../core/plugins/registered-pieces.js';
import { CRITERIA } from '../../../core/pruning/criteria/index.js';
import { errorOf } from '../../support/errors.js';
import { criterionText, pluginFile } from '../../support/plugins.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const WHOLE = "name: 'x', summary: 's', source: 's', settings: {}";

/** The names of all pieces that this process knows. */
function known(): string[] {
  return registeredPieces().map(({ kind, name }) => `${kind} ${name}`);
}

describe('a plugin', () => {
  const temporaryFolder = temporaryFolders();

  it('given a whole one, then its pieces are registered with its hash, and those of Prunefront without any', async () => {
    const file = await pluginFile(await temporaryFolder(), `{ criteria: [${criterionText('own')}] }`);
    await loadPlugin(file);
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    expect(CRITERIA.originOf('own')).toBe(hash);
    expect(CRITERIA.get('own').summary).toBe('A test.');
    expect(registeredPieces().filter(({ plugin }) => plugin !== null)).toMatchObject([
      { kind: 'criterion', name: 'own', plugin: hash },
    ]);
    expect(CRITERIA.originOf('magnitude')).toBeNull();
  });

  it('given several files, then each is loaded; given none, then nothing is', async () => {
    const folder = await temporaryFolder();
    const files = await Promise.all(
      ['a', 'b'].map((name) => pluginFile(folder, `{ criteria: [${criterionText(name)}] }`, `${name}.mjs`)),
    );
    await loadPlugins(files.join(','));
    expect(CRITERIA.names()).toEqual(expect.arrayContaining(['a', 'b']));
    const before = known();
    await loadPlugins(undefined);
    await loadPlugins('');
    expect(known()).toEqual(before);
  });

  it('given a file that is not there, or no module, then it is told with its path', async () => {
    const folder = await temporaryFolder();
    const missing = await errorOf('PRUNEFRONT_PLUGIN', () => loadPlugin(join(folder, 'none.mjs')));
    expect(missing.facts).toMatchObject({ place: join(folder, 'none.mjs'), found: expect.stringContaining('ENOENT') });
    const broken = join(folder, 'broken.mjs');
    await writeFile(broken, 'export default {');
    const unread = await errorOf('PRUNEFRONT_PLUGIN', () => loadPlugin(broken));
    expect(unread.facts).toMatchObject({ place: broken, allowed: 'an ES module' });
  });

  it('given no default export, then it is told what there has to be', async () => {
    const file = join(await temporaryFolder(), 'named.mjs');
    await writeFile(file, 'export const criteria = [];\n');
    const { facts } = await errorOf('PRUNEFRONT_PLUGIN', () => loadPlugin(file));
    expect(facts).toMatchObject({ place: file, found: 'no default export' });
    for (const kind of Object.keys(REGISTRIES)) expect(facts.allowed).toContain(kind);
  });

  it.each([
    ['an unknown kind', '{ optimizers: [] }', 'the key optimizers', 'criteria'],
    ['no list', '{ criteria: {} }', 'the key criteria', 'criteria'],
    ['no object', '{ criteria: [null] }', 'criteria', 'an object'],
    ['no summary', "{ criteria: [{ name: 'x', source: 's', settings: {} }] }", 'criteria, x', 'summary'],
    ['no settings', "{ criteria: [{ name: 'x', summary: 's', source: 's' }] }", 'criteria, x', 'settings'],
    ['a setting of no kind', `{ criteria: [{ ${WHOLE.replace('{}', '{ p: { default: 1 } }')} }] }`, 'x', 'settings.p'],
    ['a criterion without scores', `{ criteria: [{ ${WHOLE} }] }`, 'criteria, x', 'weights or units'],
    ['a granularity of no kind', `{ granularities: [{ ${WHOLE} }] }`, 'granularities, x', 'mask, units or layers'],
    ['masks without atoms', `{ granularities: [{ ${WHOLE}, kind: 'mask' }] }`, 'granularities, x', 'atomOf'],
    ['a scope that ranks nobody', `{ scopes: [{ ${WHOLE} }] }`, 'scopes, x', 'rank or densities'],
    ['a schedule without a way', `{ schedules: [{ ${WHOLE} }] }`, 'schedules, x', 'resolve'],
    ['a metric without examples', `{ metrics: [{ ${WHOLE}, tasks: ['regression'] }] }`, 'metrics, x', 'examples'],
    ['a metric of no direction', `{ metrics: [{ ${WHOLE}, better: 'up' }] }`, 'metrics, x', 'better: more or less'],
    ['a metric of a built-in name', `{ metrics: [{ ${WHOLE.replace('x', 'macroF1')} }] }`, 'macroF1', 'a name that no'],
    ['a model without layers', `{ models: [{ ${WHOLE}, keras: {} }] }`, 'models, x', 'keras'],
  ])('given %s, then what is missing is told', async (_, exported, found, allowed) => {
    const file = await pluginFile(await temporaryFolder(), exported);
    const before = known();
    const { facts } = await errorOf('PRUNEFRONT_PLUGIN', () => loadPlugin(file));
    expect(facts).toMatchObject({
      place: file,
      found: expect.stringContaining(found),
      allowed: expect.stringContaining(allowed),
    });
    expect(known()).toEqual(before);
  });

  it.each([
    ['of a built-in piece', `[${criterionText('fresh1')}, ${criterionText('magnitude')}]`, 'magnitude'],
    ['twice', `[${criterionText('fresh2')}, ${criterionText('fresh2')}]`, 'fresh2'],
  ])('given a name %s, then nothing of it is registered', async (_, criteria, found) => {
    const file = await pluginFile(await temporaryFolder(), `{ criteria: ${criteria} }`);
    const before = known();
    const { facts } = await errorOf('PRUNEFRONT_PLUGIN', () => loadPlugin(file));
    expect(facts.found).toContain(found);
    expect(known()).toEqual(before);
  });

  it('given a plugin a second time, then it is refused, because its names are taken', async () => {
    const file = await pluginFile(await temporaryFolder(), `{ criteria: [${criterionText('once')}] }`);
    await loadPlugin(file);
    await errorOf('PRUNEFRONT_PLUGIN', () => loadPlugin(file));
  });

  it('given a model, then it is one of the zoo', async () => {
    const keras = "{ class_name: 'Sequential', config: [{ class_name: 'Dense', config: DENSE }] }";
    const dense = "{ name: 'd', units: 3, activation: 'softmax', batch_input_shape: [null, 4] }";
    const model = `{ ${WHOLE.replace("'x'", "'ownModel'")}, keras: ${keras.replace('DENSE', dense)} }`;
    await loadPlugin(await pluginFile(await temporaryFolder(), `{ models: [${model}] }`));
    expect(zooModel('ownModel').nodes.map(({ name }) => name)).toEqual(['input', 'd']);
    expect(zooModel('ownModel')).toBe(zooModel('ownModel'));
  });
});
