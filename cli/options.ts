import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_STATE } from './connection.js';

/** The options of every command that talks to a gateway. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option(
      '--gateway <address>',
      'host:port of a gateway (default: PRUNEFRONT_GATEWAY, else the stack that runs on the state folder)',
    )
    .option('--local', 'start Temporal, gateway, orchestrator and a node worker for this command')
    .option('--state <folder>', 'where --local keeps its state', DEFAULT_STATE)
    .option('--slots <number>', 'trainers of --local (default: one for each GPU, else for each core)', positiveInteger);
}

/** Reads an argument that has to be 1, 2, 3, … */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Allowed: a whole number, at least 1.');
  return Number(text);
}
