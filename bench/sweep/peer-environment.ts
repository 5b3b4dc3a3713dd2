import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir, findOnPath } from '../../tools/paths.mjs';

const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));

function run(program: string, args: readonly string[], purpose: string): void {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  throw new Error(
    `${purpose} failed (${error?.message ?? `exit code ${status}`}). It needs Python 3.11 or later with venv and pip: ${program} ${args.join(' ')}`,
  );
}

/**
 * The Python of the peer's environment, in the user's cache folder. It is made on first use and again when the pinned packages change;
 * the stamp comes last, so that an interrupted making is begun anew.
 */
export function peerPython(): string {
  const folder = join(cacheDir(), 'bench-venv');
  const stamp = join(folder, '.stamp');
  const python = join(folder, 'bin', 'python');
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  console.log('Making the Python environment of the peer (TensorFlow, Keras 2, tfmot: about 2 GB) …');
  rmSync(folder, { recursive: true, force: true });
  run(findOnPath('python3') ?? 'python3', ['-m', 'venv', folder], 'Making the environment');
  run(
    python,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', REQUIREMENTS],
    'Installing the peer',
  );
  writeFileSync(stamp, wanted);
  return python;
}
