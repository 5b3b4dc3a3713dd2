import { spawn } from 'node:child_process';
import { PrunefrontError } from '../../core/errors.js';
import type { NotifyActivities, NotifyInput } from '../../core/nightly/activities.js';
import { typedFailures } from '../typed-failures.js';

/** Characters of its output that an error tells. */
const OUTPUT_TOLD = 500;
/** What a command sees of the orchestrator's environment: nothing that could hold a secret. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

/** Runs a command with the record of a night on its standard input. What does not end in time is killed with all that it has started. */
export function createRunCommand(): NotifyActivities['runCommand'] {
  return ({ command, timeoutMs, record }) =>
    typedFailures(async () => {
      const [program = '', ...args] = command;
      const found = await failureOf(program, args, timeoutMs, record);
      if (found === null) return;
      throw new PrunefrontError('PRUNEFRONT_NOTIFY_FAILED', `The command failed: ${found}`, {
        place: program,
        found,
        allowed: 'exit code 0',
      });
    });
}

/** How a command failed; null where it did not. */
function failureOf(
  program: string,
  args: readonly string[],
  timeoutMs: number,
  record: NotifyInput['record'],
): Promise<string | null> {
  return new Promise((resolve) => {
    // A process group of its own, so that nothing of it stays behind.
    const child = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env: environment(record) });
    let output = '';
    const hear = (text: string): void => {
      output = `${output}${text}`.slice(-OUTPUT_TOLD);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    const timer = setTimeout(() => {
      killGroup(child.pid);
      // Not at its close, which something that has left its group could hold up.
      resolve(`it did not end within ${timeoutMs} ms`);
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve(error.message);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const said = output.trim() === '' ? '' : `: ${output.trim()}`;
      resolve(code === 0 ? null : `${signal ?? `exit code ${code}`}${said}`);
    });
    // A command need not read it.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${JSON.stringify(record)}\n`);
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended; something that has left the group holds its output open.
  }
}

function environment({ schedule, outcome, publication, version }: NotifyInput['record']): NodeJS.ProcessEnv {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    PRUNEFRONT_SCHEDULE: schedule,
    PRUNEFRONT_OUTCOME: outcome,
    PRUNEFRONT_PUBLICATION: publication,
    PRUNEFRONT_VERSION: version === null ? '' : String(version),
  };
}
