import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SweepResult } from '../core/sweep/result.js';
import { projectRoot } from './paths.mjs';
import { photograph, startBrowser } from './pictures/browser.js';
import { photographPage } from './pictures/gateway-page.js';
import { framesOf, middleFrame, plainText, styledLines } from './pictures/live-frames.js';
import { replaceBlock } from './pictures/marked-block.js';
import { recordSession } from './pictures/record-session.js';
import { printedResult, resultBlock } from './pictures/result-block.js';
import { terminalPage } from './pictures/terminal-page.js';

/**
 * Runs the demo for real and writes what README.md shows of it: pictures and the table of the front. A finished demo is taken as
 * it is; the picture of its live view is then left alone, unless `--fresh` runs it anew.
 */
async function writePictures(root: string, fresh: boolean): Promise<void> {
  const cli = [process.execPath, join(root, 'dist', 'cli', 'main.js')];
  // Before the demo, which takes minutes.
  const browser = await startBrowser();
  try {
    const session = await recordSession([...cli, 'demo', ...(fresh ? ['--fresh'] : [])], root);
    const frames = framesOf(session);
    const [, sweepId] = /^Sweep (\S+) (?:was )?started/m.exec(plainText(session)) ?? [];
    const images = join(root, 'docs', 'images');
    mkdirSync(images, { recursive: true });
    const report = { url: pathToFileURL(join(root, 'prunefront-out', 'demo', 'report.html')).href };
    await photograph(browser, report, join(images, 'report.png'), {
      viewport: { width: 1240, height: 1236 },
      scale: 1.5,
    });
    const middle = middleFrame(frames);
    if (middle === null)
      console.log('The sweep was not searching: docs/images/terminal.png stays. `--fresh` runs it anew.');
    else
      await photograph(browser, { html: terminalPage(styledLines(middle)) }, join(images, 'terminal.png'), {
        viewport: { width: 1240, height: 800 },
        scale: 1.5,
        element: 'pre',
      });
    await photographPage(browser, root, sweepId ?? '', images);
    const readme = join(root, 'README.md');
    const block = resultBlock(printedResult(frames.at(-1) ?? ''), finishedSweep(sweepId ?? 'demo', cli, root));
    writeFileSync(readme, replaceBlock(readFileSync(readme, 'utf8'), 'demo', block));
  } finally {
    await browser.close();
  }
}

/** The result of a sweep in the demo's state folder. */
function finishedSweep(sweepId: string, [program = '', ...args]: readonly string[], root: string): SweepResult {
  const front = [...args, 'front', sweepId, '--json', '--local', '--state', join('.prunefront', 'demo')];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  return JSON.parse(execFileSync(program, front, options)) as SweepResult;
}

await writePictures(projectRoot(), process.argv.includes('--fresh'));
