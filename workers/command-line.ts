import { describeError, PrunefrontError, toErrorData } from '../core/errors.js';

/** Runs a process from its command line on. Where it cannot, it ends with the reason in words: exit code 2 for a wrong command line, else 1. */
export async function runProgram(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const data = toErrorData(usageError(error));
    process.stderr.write(`${name}: ${describeError(data)}\n`);
    process.exit(data.code === 'PRUNEFRONT_USAGE' ? 2 : 1);
  }
}

/**
 * A whole number, one or more.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` for anything else
 */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new PrunefrontError('PRUNEFRONT_USAGE', `The option ${option} takes a whole number`, {
    place: option,
    found: text,
    allowed: '1 or more',
  });
}

/**
 * The value of an option that must be there.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it is not
 */
export function required(option: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value;
  throw new PrunefrontError('PRUNEFRONT_USAGE', `The option ${option} is missing`, { place: option });
}

/** An error of `parseArgs` as the usage error that it is; any other one as it came. */
export function usageError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_'))) return error;
  return new PrunefrontError('PRUNEFRONT_USAGE', error.message, {}, { cause: error });
}
