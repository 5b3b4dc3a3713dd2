// @ts-check

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyAssets } from '../build/assets.mjs';
import { compileTypeScript } from '../build/compile.mjs';
import { hashInputs } from '../build/inputs.mjs';
import { generateProtoTypes } from '../build/protos.mjs';
import { buildWeb } from '../build/web.mjs';
import { bundleWorkflows } from '../build/workflow-bundle.mjs';
import { projectRoot } from '../paths.mjs';
import { publish, publishLink, withScratchIn } from './scratch.mjs';

/** @returns {import('./steps.mjs').Step} */
export function buildStep(root = projectRoot()) {
  const dist = join(root, 'dist');
  const stamp = join(dist, '.stamp');
  const launcher = join(root, 'cli', 'prunefront.mjs');
  const command = join(root, 'node_modules', '.bin', 'prunefront');
  return {
    name: 'build',
    doing: 'compiling TypeScript to dist/ and bundling the workflows and the page',
    lock: `build-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`,
    isDone: () => {
      if (!existsSync(stamp) || !isSameFile(command, launcher)) return false;
      if (readFileSync(stamp, 'utf8') !== hashInputs(root)) return false;
      // Its time tells the launcher that no source is newer.
      writeFileSync(stamp, readFileSync(stamp, 'utf8'));
      return true;
    },
    run: async () => {
      // Taken first: what is edited meanwhile makes the next run build again.
      const hash = hashInputs(root);
      await generateProtoTypes(root);
      // Inside the clone, for a rename cannot cross file systems, and its package.json says that these are ES modules.
      await withScratchIn(join(root, '.prunefront'), async (scratch) => {
        const whole = join(scratch, 'dist');
        mkdirSync(whole, { recursive: true });
        await compileTypeScript(root, whole);
        copyAssets(root, whole);
        await buildWeb(root, join(whole, 'web'));
        publish(whole, dist);
      });
      await bundleWorkflows(root);
      chmodSync(launcher, 0o755);
      publishLink(join('..', '..', 'cli', 'prunefront.mjs'), command);
      writeFileSync(stamp, hash);
    },
  };
}

/**
 * @param {string} link
 * @param {string} file
 */
function isSameFile(link, file) {
  try {
    return realpathSync(link) === realpathSync(file);
  } catch {
    return false;
  }
}
