import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir, findOnPath } from '../../tools/paths.mjs';

/** On what the peers compute. */
export type PeerDevice = 'cpu' | 'gpu';

const here = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));
const REQUIREMENTS: Readonly<Record<PeerDevice, string>> = { cpu: 'requirements.txt', gpu: 'requirements-gpu.txt' };
const SIZE: Readonly<Record<PeerDevice, string>> = { cpu: '2 GB', gpu: '7 GB with CUDA' };

function run(program: string, args: readonly string[], purpose: string): void {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  throw new Error(
    `${purpose} failed (${error?.message ?? `exit code ${status}`}). It needs Python 3.11 or later with venv and pip: ${program} ${args.join(' ')}`,
  );
}

/** What the environment holds, in one short text. */
function pinned(device: PeerDevice): string {
  const hash = createHash('sha256');
  for (const name of ['common.txt', REQUIREMENTS[device]]) hash.update(readFileSync(here(name)));
  return hash.digest('hex');
}

/**
 * The Python of the peers' environment, in the user's cache folder: TensorFlow, Keras 3, Keras 2 and tfmot. It is made on first use and
 * again when the pinned packages change; the stamp comes last, so that an interrupted making is begun anew. TF_USE_LEGACY_KERAS decides
 * only what `tf.keras` means, so one environment holds both.
 */
export function peerPython(device: PeerDevice = 'cpu'): string {
  const folder = join(cacheDir(), `bench-peers-${device}`);
  const stamp = join(folder, '.stamp');
  const python = join(folder, 'bin', 'python');
  const wanted = pinned(device);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  console.log(
    `Making the Python environment of the peers (TensorFlow, Keras 3, Keras 2, tfmot: about ${SIZE[device]}) …`,
  );
  rmSync(folder, { recursive: true, force: true });
  run(findOnPath('python3') ?? 'python3', ['-m', 'venv', folder], 'Making the environment');
  run(
    python,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', here(REQUIREMENTS[device])],
    'Installing the peers',
  );
  writeFileSync(stamp, wanted);
  return python;
}
