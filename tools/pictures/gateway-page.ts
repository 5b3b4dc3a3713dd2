import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { photograph } from './browser.js';

const WINDOW = { viewport: { width: 1360, height: 1000 }, scale: 1.5 } as const;

/** Writes pictures of the gateway's page on the demo's finished sweep. */
export async function photographPage(browser: Browser, root: string, sweepId: string, images: string): Promise<void> {
  const stack = await startStack(root);
  try {
    const sweep = { url: `${stack.page}#/sweeps/${sweepId}` };
    const ready = ['#pareto canvas', '#layers canvas', 'button:has-text("Report")'];
    const front = { ...WINDOW, ready };
    await photograph(browser, sweep, join(images, 'page-sweep.png'), front);
    await photograph(browser, sweep, join(images, 'page-candidate.png'), {
      ...{ ...front, colorScheme: 'dark', element: '#detail' },
      // High enough that the head of the page, which stays in sight, is not in front of it.
      viewport: { width: 1360, height: 3000 },
    });
    await photograph(browser, { url: `${stack.page}#/nodes` }, join(images, 'page-nodes.png'), {
      ...{ viewport: { width: 1360, height: 460 }, scale: 1.5, ready: ['.node table'] },
    });
  } finally {
    await stack.stop();
  }
}

/** The embedded stack on the demo's state. */
async function startStack(root: string): Promise<{ readonly page: string; stop(): Promise<void> }> {
  const main = join(root, 'dist', 'workers', 'local', 'main.js');
  const child = spawn(process.execPath, [main, '--state', join(root, '.prunefront', 'demo')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => ['{}']),
  ])) as [string];
  const { page } = JSON.parse(line) as { page?: string };
  if (page === undefined) throw new Error('the embedded stack did not start');
  return {
    page,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
