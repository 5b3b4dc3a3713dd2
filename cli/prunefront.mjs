#!/usr/bin/env node
// @ts-check
// The command: sets up what is missing, builds what is stale, then hands over to the compiled CLI.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inputFiles } from '../tools/build/inputs.mjs';
import { projectRoot, temporalExecutable } from '../tools/paths.mjs';

const root = projectRoot();
const stamp = join(root, 'dist', '.stamp');
const binding = join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'lib', 'napi-v8', 'tfjs_binding.node');

/** Commands that are processes of a cluster, by their programs. */
const SERVICES = new Map([
  ['gateway', '../dist/workers/gateway/main.js'],
  ['orchestrator', '../dist/workers/orchestrator/main.js'],
  ['worker', '../dist/workers/gpu-node/main.js'],
]);

function isReady() {
  if (![stamp, binding, temporalExecutable()].every((file) => existsSync(file))) return false;
  const built = statSync(stamp).mtimeMs;
  // Set-up compares contents; times are enough to know when to ask it.
  return inputFiles(root).every((file) => statSync(file).mtimeMs <= built);
}

// PRUNEFRONT_NO_SETUP runs what dist/ holds, however old.
if (!process.env['PRUNEFRONT_NO_SETUP'] && !isReady()) {
  // Its output goes to stderr, so that a command's JSON on stdout stays whole.
  const { status } = spawnSync(process.execPath, [join(root, 'tools', 'setup.mjs'), '--quiet'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
// A service runs in this very process, so that whoever runs it reaches it with signals.
const [, , word = ''] = process.argv;
const service = SERVICES.get(word);
if (service !== undefined) process.argv.splice(2, 1);
await import(service ?? '../dist/cli/main.js');
