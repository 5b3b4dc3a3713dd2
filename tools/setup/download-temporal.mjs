// @ts-check
// Lets the Temporal SDK download its dev server: download-temporal.mjs VERSION FOLDER
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [version, downloadDir] = process.argv.slice(2);
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', version: /** @type {string} */ (version), downloadDir } },
  });
  await environment.teardown();
  process.exit(0);
} catch (error) {
  console.error(String(error).split('\n')[0]);
  process.exit(1);
}
