import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { processRole, processTree, watchMemory } from '../../bench/measure/process-memory.js';

test('the tree holds a process and what it started, and its peak holds what was allocated', async () => {
  const inner = "const held = Buffer.alloc(150e6, 1); console.log(held.length); process.stdin.once('data', () => {});";
  const outer = `const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'inherit' }).on('close', () => process.exit());`;
  const parent = spawn(process.execPath, ['-e', outer], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(parent.stdout, 'data');
  const root = parent.pid ?? 0;
  const pids = processTree(root).map(({ pid }) => pid);
  expect(pids).toContain(root);
  expect(pids).toHaveLength(2);
  expect(pids).not.toContain(process.pid);
  const { processes, controlPss } = watchMemory(root).stop();
  parent.stdin.end('done');
  await once(parent, 'close');
  const child = processes.find(({ pid }) => pid !== root);
  expect(child?.rss).toBeGreaterThan(150e6);
  expect(controlPss).toBeGreaterThan(150e6);
});

test.each([
  [['node', '/x/dist/workers/trainer/main.js'], 'trainer'],
  [['node', '--enable-source-maps', '/x/dist/workers/orchestrator/main.js'], 'orchestrator'],
  [['node', '/x/cli/prunefront.mjs', 'sweep', 'run'], 'prunefront'],
  [['/cache/temporal/1.5.1/temporal', 'server', 'start-dev'], 'temporal server'],
  [['/venv/bin/python', '/x/bench/sweep/peer.py'], 'peer.py'],
] as const)('%j is called %s', (command, role) => {
  expect(processRole(command)).toBe(role);
});
