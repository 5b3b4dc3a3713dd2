import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowBundleOption } from '@temporalio/worker';

const BUNDLE = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/**
 * The workflows as workers load them.
 * @param encodesFailures - whether messages of failures become payloads, so that they are encrypted too
 */
export async function workflowCode(encodesFailures: boolean, bundle = BUNDLE): Promise<WorkflowBundleOption> {
  if (!encodesFailures) return { codePath: bundle };
  // workflows/failure-converter.ts looks for it.
  return { code: `globalThis.prunefrontEncodesFailures = true;${await readFile(bundle, 'utf8')}` };
}
