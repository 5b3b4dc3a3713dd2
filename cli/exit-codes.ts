import type { ErrorCode } from '../core/errors.js';

/** Exit codes that scripts can rely on. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, notFound: 4, interrupted: 130 } as const;

/** The exit code of an error. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'PRUNEFRONT_UNREACHABLE') return EXIT.unreachable;
  if (/_(SWEEP|CANDIDATE|NODE|SCHEDULE|PUBLISHED)_NOT_FOUND$/.test(code)) return EXIT.notFound;
  if (/^PRUNEFRONT_(USAGE|REQUEST|CRON)$/.test(code) || /^PRUNEFRONT_(SPEC|DATA|MODEL)_/.test(code)) return EXIT.usage;
  return EXIT.failed;
}

/** The table of exit codes for help texts. */
export const EXIT_HELP = `

Exit codes:
  0    done
  1    the sweep or the command failed, or the sweep was cancelled, or no candidate worked
  2    wrong usage, or a spec, cron, model or data file that is refused
  3    nothing listens at the gateway's address
  4    no such sweep, candidate, node, schedule or publication
  130  interrupted; the same command goes on where it was`;
