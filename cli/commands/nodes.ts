import { Command } from 'commander';
import type { NodeView } from '../../client/nodes.js';
import { type ConnectionOptions, withGateway } from '../connection.js';
import { addConnectionOptions } from '../options.js';
import { print, printJson } from '../output.js';
import { nodeLines, nodesTable } from '../view/nodes-table.js';

type Options = ConnectionOptions & { readonly json?: boolean };

/** `prunefront nodes`: the machines that train. */
export function nodesCommand(): Command {
  const nodes = withOptions(
    new Command('nodes').description('the machines that train: devices, slots, and what each does'),
  )
    .addHelpText('after', '\nExamples:\n  prunefront nodes\n  prunefront nodes drain gpu-3')
    .action((_options: Options, command: Command) =>
      withGateway(command.opts<Options>(), async (gateway) => {
        const found = await gateway.nodes.list();
        if (command.opts<Options>().json === true) return printJson(found);
        print(found.length === 0 ? 'No node has been seen in the last day.' : nodesTable(found));
      }),
    );
  return nodes
    .addCommand(
      nodeCommand('show', 'one node with its devices and slots', (client, node) => client.get(node), showNode),
    )
    .addCommand(
      nodeCommand(
        'drain',
        'take no new stage on a node and hand over those that run; it holds until resume',
        (client, node) => client.drain(node),
        ({ name }) => print(`${name}: drains`),
      ),
    )
    .addCommand(
      nodeCommand(
        'resume',
        'take stages again after drain',
        (client, node) => client.resume(node),
        ({ name }) => print(`${name}: takes stages again`),
      ),
    );
}

type Nodes = Parameters<Parameters<typeof withGateway>[1]>[0]['nodes'];

function nodeCommand(
  name: string,
  description: string,
  ask: (nodes: Nodes, node: string) => Promise<NodeView>,
  show: (node: NodeView) => void,
): Command {
  return withOptions(new Command(name).description(description))
    .argument('<node>', 'its name')
    .addHelpText('after', `\nExample:\n  prunefront nodes ${name} gpu-3`)
    .action((node: string, _options: Options, command: Command) => {
      // An option may stand before the subcommand too, where it is that of `nodes`.
      const options = { ...command.parent?.opts<Options>(), ...given(command) } as Options;
      return withGateway(options, async (gateway) => {
        const found = await ask(gateway.nodes, node);
        if (options.json === true) printJson(found);
        else show(found);
      });
    });
}

/** The options that were written behind a subcommand, without defaults. */
function given(command: Command): Partial<Options> {
  const all = Object.entries(command.opts<Record<string, unknown>>());
  return Object.fromEntries(all.filter(([name]) => command.getOptionValueSource(name) !== 'default'));
}

function showNode(node: NodeView): void {
  print(nodeLines(node).join('\n'));
}

function withOptions(command: Command): Command {
  return addConnectionOptions(command).option('--json', 'JSON, for programs');
}
