// @ts-check
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SetupFailure } from '../setup/failure.mjs';

/**
 * Bundles the compiled workflows, so that a worker starts without a bundler.
 * @param {string} root
 */
export async function bundleWorkflows(root) {
  const workflowsPath = join(root, 'dist', 'workflows', 'index.js');
  const failureConverterPath = join(root, 'dist', 'workflows', 'failure-converter.js');
  if (!existsSync(workflowsPath)) return;
  const { bundleWorkflowCode, DefaultLogger } = createRequire(join(root, 'package.json'))('@temporalio/worker');
  /** @type {string[]} */
  const said = [];
  const logger = new DefaultLogger('WARN', (/** @type {{ message: string }} */ entry) => said.push(entry.message));
  try {
    const { code } = await bundleWorkflowCode({ workflowsPath, failureConverterPath, logger });
    writeFileSync(join(root, 'dist', 'workflow-bundle.js'), code);
  } catch (error) {
    const why = [...said, error instanceof Error ? error.message : String(error)].join('\n');
    throw new SetupFailure(
      `the workflows cannot be bundled:\n${why}`,
      'workflows import no Node built-ins and nothing but pure code',
    );
  }
}
