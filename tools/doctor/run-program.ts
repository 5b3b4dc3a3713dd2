import { execFile } from 'node:child_process';

export interface ProgramResult {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/** Runs a program and never throws: a doctor reports what is wrong. */
export function runProgram(command: string, args: string[], timeoutMs = 20_000): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
    execFile(command, args, { timeout: timeoutMs, killSignal: 'SIGKILL', env }, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr: error !== null && stderr === '' ? error.message : stderr });
    });
  });
}

export function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
