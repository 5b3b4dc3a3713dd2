// Starts a sweep at a running gateway, tells what happens, and shows what was selected.
//
//   npx prunefront gateway …          (or any `prunefront sweep run … --local` that runs)
//   PRUNEFRONT_GATEWAY=127.0.0.1:7400 node examples/client.mjs examples/smoke.yaml
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { PrunefrontClient, PrunefrontError } from 'prunefront';

const [file = 'examples/smoke.yaml'] = process.argv.slice(2);
let client;

try {
  // Of PRUNEFRONT_GATEWAY, PRUNEFRONT_TOKEN, PRUNEFRONT_CA, PRUNEFRONT_CERT and PRUNEFRONT_KEY.
  client = PrunefrontClient.fromEnvironment();
  const text = await readFile(file, 'utf8');
  const spec = { text, fileName: basename(file), baseFolder: dirname(resolve(file)) };
  // Of its own for each request: a key that another spec had is refused.
  const idempotencyKey = createHash('sha256').update(JSON.stringify(spec)).digest('hex');
  const { sweepId, started } = await client.start(spec, { idempotencyKey, priority: 2 });
  console.log(started ? `${sweepId} started` : `${sweepId} was started before`);

  // Goes on by itself where the connection breaks.
  for await (const { sequence, message } of client.events(sweepId)) console.log(`${sequence}  ${message}`);

  const { selection, hypervolume } = await client.result(sweepId);
  console.log(`${selection.reason} (hypervolume ${hypervolume.toFixed(3)})`);
} catch (error) {
  if (!(error instanceof PrunefrontError)) throw error;
  console.error(`${error.code}: ${error.message}`, error.facts);
  process.exitCode = 1;
} finally {
  client?.close();
}
