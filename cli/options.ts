import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_STATE } from './connection.js';

/** The options of every command that talks to a gateway. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option(
      '--gateway <address>',
      'host:port of a gateway (default: PRUNEFRONT_GATEWAY, else the stack that runs on the state folder)',
    )
    .option(
      '--token <token>',
      'token for the gateway (default: PRUNEFRONT_TOKEN, which other users of the machine cannot see)',
    )
    .option('--tls', 'talk TLS to the gateway; --ca and --cert imply it')
    .option('--ca <file>', 'authorities that the gateway’s certificate may come from, PEM (default: PRUNEFRONT_CA)')
    .option('--cert <file>', 'certificate of yours, PEM, where the gateway asks for one (default: PRUNEFRONT_CERT)')
    .option('--key <file>', 'its private key, PEM (default: PRUNEFRONT_KEY)')
    .option('--local', 'start Temporal, gateway, orchestrator and a node worker for this command')
    .option(
      '--plugin <files>',
      'plugins whose pieces --local knows, ES modules, separated by commas; see docs/plugins.md',
    )
    .option('--state <folder>', 'where --local keeps its state', DEFAULT_STATE)
    .option(
      '--slots <number>',
      'stages at once of --local on each GPU, or on the CPU (default: what a calibration finds best, else 1, or one for each core)',
      positiveInteger,
    );
}

/** Reads an argument that has to be 1, 2, 3, … */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Allowed: a whole number, at least 1.');
  return Number(text);
}

/** Reads an argument that has to be a number above 0, at most 1000. */
export function weight(text: string): number {
  const value = Number(text);
  if (!/^\d{1,4}(\.\d+)?$/.test(text) || !(value > 0 && value <= 1000))
    throw new InvalidArgumentError('Allowed: a number above 0, at most 1000.');
  return value;
}

/** Reads an argument that has to be a priority. */
export function priority(text: string): number {
  if (!/^[1-5]$/.test(text)) throw new InvalidArgumentError('Allowed: 1 (most urgent) to 5 (least).');
  return Number(text);
}
