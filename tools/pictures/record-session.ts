import { spawn } from 'node:child_process';

// Python, which set-up needs anyway, opens the pseudo-terminal; stty gives it a size.
const PSEUDO_TERMINAL =
  'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", "stty cols 132 rows 40; exec \\"$@\\"", "sh"] + sys.argv[1:])))';

/** Runs a program on a pseudo-terminal, shows it here too, and returns everything that it wrote, escape codes included. */
export async function recordSession(command: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, TERM: 'xterm-256color', NO_COLOR: undefined };
  const child = spawn('python3', ['-c', PSEUDO_TERMINAL, ...command], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    process.stdout.write(chunk);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
  return Buffer.concat(chunks).toString('utf8');
}
