import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../cli/exit-codes.js';
import { ERROR_CODES, type ErrorCode } from '../../core/errors.js';

const codes = Object.keys(ERROR_CODES) as ErrorCode[];

describe('exit codes', () => {
  it('given what a user wrote or named, when a command is refused for it, then it exits with 2', () => {
    expect(codes.filter((code) => exitCodeOf(code) === 2)).toEqual([
      ...codes.filter((code) => /_(SPEC|DATA|MODEL)_/.test(code)),
      'PRUNEFRONT_IMPOSSIBLE_SHAPE',
      'PRUNEFRONT_SPARSITY_UNREACHABLE',
      'PRUNEFRONT_CRON',
      'PRUNEFRONT_REQUEST',
      'PRUNEFRONT_PLUGIN',
      'PRUNEFRONT_COMPRESSION',
      'PRUNEFRONT_USAGE',
    ]);
  });

  it('given what is not there, then it exits with 3 for a gateway and 4 for what a gateway knows', () => {
    expect(codes.filter((code) => exitCodeOf(code) === 3)).toEqual(['PRUNEFRONT_UNREACHABLE']);
    expect(codes.filter((code) => exitCodeOf(code) === 4)).toEqual([
      'PRUNEFRONT_SWEEP_NOT_FOUND',
      'PRUNEFRONT_CANDIDATE_NOT_FOUND',
      'PRUNEFRONT_NODE_NOT_FOUND',
      'PRUNEFRONT_SCHEDULE_NOT_FOUND',
      'PRUNEFRONT_PUBLISHED_NOT_FOUND',
    ]);
  });
});
