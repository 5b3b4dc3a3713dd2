import type { Command, CommanderError } from 'commander';
import { PrunefrontError } from '../core/errors.js';

/** Makes every wrong use of a command and of those below it a typed error, with the nearest right spelling. */
export function typeUsageErrors(command: Command, path = command.name()): void {
  command
    .configureOutput({ outputError: () => undefined })
    // Help asked for, or shown where a command is missing, is no error with facts.
    .exitOverride((error) => {
      throw error.exitCode === 0 || error.code === 'commander.help' ? error : usageError(error, path);
    });
  for (const below of command.commands) typeUsageErrors(below, `${path} ${below.name()}`);
}

function usageError({ message }: CommanderError, path: string): PrunefrontError {
  const [sentence = '', suggestion = ''] = message.replace(/^error: /, '').split('\n');
  const nearest = /\(Did you mean (.*)\?\)/.exec(suggestion)?.[1];
  return new PrunefrontError('PRUNEFRONT_USAGE', sentence, {
    place: path,
    hint: nearest === undefined ? `${path} --help` : `did you mean ${nearest}?`,
  });
}
