import { describe, expect, it } from 'vitest';
import { eagerLog } from '../../../workers/trainer/eager-log.js';

describe('what a trainer logs of stages that run eagerly', () => {
  it('given the same program and reason again, then it is said once; another reason or program is said, too', () => {
    const lines: string[] = [];
    const log = eagerLog('node-1/0', (line) => lines.push(line));
    const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];
    log(one, 'a result is read back');
    log(one, 'a result is read back');
    log(one, 'it differs');
    log(other, 'it differs');
    expect(lines.map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'WARN trainer node-1/0: runs eagerly, program aaaaaaaaaaaa: a result is read back\n',
      'WARN trainer node-1/0: runs eagerly, program aaaaaaaaaaaa: it differs\n',
      'WARN trainer node-1/0: runs eagerly, program bbbbbbbbbbbb: it differs\n',
    ]);
  });
});
