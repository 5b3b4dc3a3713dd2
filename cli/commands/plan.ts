import Table from 'cli-table3';
import { Command } from 'commander';
import { type ConnectionOptions, withGateway } from '../connection.js';
import { count, duration } from '../format.js';
import { addConnectionOptions } from '../options.js';
import { print, printJson } from '../output.js';
import { readSpec } from '../read-spec.js';

export function planCommand(): Command {
  const command = new Command('plan')
    .description('check a spec and print the stages it would run and the time expected, spending nothing')
    .argument('<spec>', 'YAML or JSON file; see docs/spec.md')
    .option('--json', 'JSON, for programs');
  return addConnectionOptions(command)
    .addHelpText('after', '\nExample:\n  prunefront sweep plan examples/demo.yaml --local')
    .action(async (file: string, options: ConnectionOptions & { readonly json?: boolean }) => {
      const spec = await readSpec(file);
      await withGateway(options, async (gateway) => {
        const plan = await gateway.plan(spec);
        if (options.json === true) return printJson(plan);
        const table = new Table({
          head: ['', 'candidate', 'stages', 'shared', 'epochs'],
          style: { head: [], border: [], compact: true },
        });
        for (const { id, label, stages, shared, epochs } of plan.rows) table.push([id, label, stages, shared, epochs]);
        print(table.toString());
        const { assumed } = plan;
        print(
          `${plan.name}: ${plan.candidates} of ${plan.space} candidates, ${plan.stages} stages, ${plan.stagesAfterSharing} after sharing`,
        );
        print(
          `expected: ${count(plan.trainedExamples)} images trained, ${duration(plan.deviceSeconds * 1000)} of device time, ${duration(plan.wallClockSeconds * 1000)} on ${assumed.slots} slots`,
        );
        print(`assumed: ${count(assumed.examplesPerSecond)} images a second on each slot; evaluation is not counted`);
      });
    });
}
