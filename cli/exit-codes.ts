import type { ErrorCode, ErrorData } from '../core/errors.js';

/** Exit codes that scripts can rely on. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, notFound: 4, interrupted: 130 } as const;

/** What a command is refused for because of what the user wrote or named. */
const REFUSED =
  /^PRUNEFRONT_(USAGE|REQUEST|CRON|PLUGIN|COMPRESSION|SPARSITY_UNREACHABLE|IMPOSSIBLE_SHAPE|(SPEC|DATA|MODEL)_.*)$/;

/** Thrown where a command was not refused, but the sweep that it followed failed. */
export class FailedSweep extends Error {
  constructor(readonly data: ErrorData) {
    super(data.message);
  }
}

/** The exit code of an error that a command ends with. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'PRUNEFRONT_UNREACHABLE') return EXIT.unreachable;
  if (/_(SWEEP|CANDIDATE|NODE|SCHEDULE|PUBLISHED)_NOT_FOUND$/.test(code)) return EXIT.notFound;
  return REFUSED.test(code) ? EXIT.usage : EXIT.failed;
}

/** The table of exit codes for help texts. */
export const EXIT_HELP = `

Exit codes:
  0    done
  1    the sweep or the command failed, or the sweep was cancelled, or no candidate worked
  2    wrong usage, or a spec, cron, model, data file or plugin that is refused
  3    nothing listens at the gateway's address
  4    no such sweep, candidate, node, schedule or publication
  130  interrupted; the same command goes on where it was`;
