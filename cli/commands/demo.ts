import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import pc from 'picocolors';
import { print } from '../output.js';
import { runSweep } from '../run-sweep.js';

const STATE = join('.prunefront', 'demo');

interface DemoOptions {
  readonly fresh?: boolean;
  readonly json?: boolean;
  readonly calibrate: boolean;
  readonly profile?: string;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description('the main job on real data: 27 candidates of an MNIST network, pruned, retrained and measured')
    .option('--fresh', 'forget earlier runs of the demo and start anew')
    .option('--no-calibrate', 'do not measure which number of trainers and threads is best on this machine')
    .option('--profile <folder>', 'where trainers write traces of what they do; see docs/profiling.md')
    .option('--json', 'one JSON object a line, for programs')
    .addHelpText(
      'after',
      `\nState is kept in ${STATE}: a second run shows the finished sweep, an interrupted one goes on.\n\nExample:\n  prunefront demo --fresh`,
    )
    .action(async ({ fresh, json, calibrate, profile }: DemoOptions) => {
      if (fresh === true) rmSync(STATE, { recursive: true, force: true });
      if (json !== true) {
        print(pc.bold('Prunefront demo'));
        print(
          'Trains a small convolutional network on 7,000 real MNIST images, then looks for the best ways to prune it.',
        );
        print(
          'Everything runs here: a Temporal server, a gateway, an orchestrator, and one trainer process for each slot.\n',
        );
      }
      const spec = fileURLToPath(new URL('../../../examples/demo.yaml', import.meta.url));
      await runSweep(spec, {
        local: true,
        state: STATE,
        calibrate,
        out: join('prunefront-out', 'demo'),
        ...(json === true ? { json } : {}),
        ...(profile === undefined ? {} : { profile }),
      });
    });
}
