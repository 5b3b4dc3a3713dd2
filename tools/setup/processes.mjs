// @ts-check
import { spawn } from 'node:child_process';

const children = new Set();

/**
 * Runs a program to its end and gives back what it said.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<{ code: number, stdout: string, output: string }>} code -1: it could not be started or ran out of time
 */
export function runProgram(command, args, options = {}) {
  return new Promise((resolve) => {
    // A group of its own, so that a limit or Ctrl-C ends compilers started by compilers too.
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    children.add(child);
    let stdout = '';
    let output = '';
    let late = false;
    const keep = (/** @type {string} */ text) => {
      output = (output + text).slice(-20_000);
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      keep(text);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            endGroup(child);
          }, options.timeoutMs);
    const finish = (/** @type {number} */ code, extra = '') => {
      clearTimeout(timer);
      children.delete(child);
      resolve({ code, stdout, output: output + extra });
    };
    child.on('error', (error) => finish(-1, String(error)));
    child.on('close', (code, signal) => {
      if (late) finish(-1, `\nended after ${(options.timeoutMs ?? 0) / 1000} s`);
      else finish(code ?? -1, signal ? `\nended by ${signal}` : '');
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function endGroup(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** For signal handlers: nothing goes on after us. */
export function endChildren() {
  for (const child of children) endGroup(child);
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is someone else's.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * The end of a program's output, for a message.
 * @param {string} output
 * @param {number} lines
 */
export function lastLines(output, lines = 15) {
  return output.trim().split('\n').slice(-lines).join('\n');
}
