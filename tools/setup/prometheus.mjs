// @ts-check
// Tests of dashboards and alerts want a real Prometheus; plain set-up does without.
import { existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, pins, projectRoot, prometheusProgram, prometheusPrograms } from '../paths.mjs';
import { SetupFailure } from './failure.mjs';
import { filesBelow } from './hash.mjs';
import { lastLines, runProgram } from './processes.mjs';
import { publish, withScratch } from './scratch.mjs';
import { compareVersions } from './version.mjs';

const NAMES = /** @type {const} */ (['prometheus', 'promtool']);
const DOWNLOAD_LIMIT_MS = 180_000;

/** @returns {import('./steps.mjs').Step} */
export function prometheusStep() {
  return {
    name: 'prometheus',
    doing: "looking for Prometheus on PATH, then taking Debian's package, then building it from the Go module proxy",
    lock: 'prometheus',
    isDone: () => NAMES.every((name) => existsSync(prometheusProgram(name))),
    run: (note) =>
      withScratch(async (scratch) => {
        const folder = join(scratch, 'programs');
        mkdirSync(folder);
        if (!(await onPath(folder, note)) && !(await fromDebian(scratch, folder, note))) await build(folder, note);
        const version = await versionOf(join(folder, 'prometheus'));
        if (version === undefined) {
          throw new SetupFailure('Prometheus does not run', 'install prometheus and promtool yourself, on PATH');
        }
        publish(folder, prometheusPrograms());
        note(`version ${version}`);
      }),
  };
}

/**
 * What `--version` of either program says, where it runs.
 * @param {string} executable
 */
async function versionOf(executable) {
  const { code, output } = await runProgram(executable, ['--version'], { timeoutMs: 20_000 });
  return code === 0 ? /version (\d+\.\d+\.\d+)/.exec(output)?.[1] : undefined;
}

/** @param {string | undefined} version */
function isWanted(version) {
  const { atLeast, below } = pins.prometheus;
  return version !== undefined && compareVersions(version, atLeast) >= 0 && compareVersions(version, below) < 0;
}

/**
 * @param {string} folder
 * @param {(text: string) => void} note
 */
async function onPath(folder, note) {
  for (const name of NAMES) {
    const found = findOnPath(name);
    const version = found === undefined ? undefined : await versionOf(found);
    if (found === undefined || !isWanted(version)) {
      if (found !== undefined) note(`passing over ${found}: ${version ?? 'unknown version'}`);
      return false;
    }
    symlinkSync(found, join(folder, name));
  }
  return true;
}

/**
 * The package of Debian or Ubuntu, unpacked and not installed: no root, no service.
 * @param {string} scratch
 * @param {string} folder
 * @param {(text: string) => void} note
 */
async function fromDebian(scratch, folder, note) {
  const apt = findOnPath('apt-get');
  const dpkg = findOnPath('dpkg');
  if (apt === undefined || dpkg === undefined) return false;
  const download = join(scratch, 'debian');
  mkdirSync(download);
  const fetched = await runProgram(apt, ['download', 'prometheus'], { cwd: download, timeoutMs: DOWNLOAD_LIMIT_MS });
  const archive = filesBelow(download).find((path) => path.endsWith('.deb'));
  const unpacked = join(scratch, 'unpacked');
  if (fetched.code === 0 && archive !== undefined) {
    const { code } = await runProgram(dpkg, ['-x', archive, unpacked], { timeoutMs: DOWNLOAD_LIMIT_MS });
    const programs = NAMES.map((name) => join(unpacked, 'usr', 'bin', name));
    if (code === 0 && programs.every((path) => existsSync(path)) && isWanted(await versionOf(programs[0] ?? ''))) {
      for (const [index, path] of programs.entries()) renameSync(path, join(folder, NAMES[index] ?? ''));
      return true;
    }
  }
  note(`no package of Debian here (${lastLines(fetched.output, 1).slice(0, 160)})`);
  return false;
}

/**
 * @param {string} folder
 * @param {(text: string) => void} note
 */
async function build(folder, note) {
  const go = findOnPath('go');
  if (go === undefined) {
    throw new SetupFailure(
      'Prometheus can be neither found on PATH nor taken from Debian, and Go is not installed to build it',
      `install prometheus and promtool (${pins.prometheus.atLeast} or later) or Go on PATH, and run the tests again`,
    );
  }
  note(`building version ${pins.prometheus.version} with Go (some minutes, once)`);
  const stamp = `-X github.com/prometheus/common/version.Version=${pins.prometheus.version}`;
  const packages = NAMES.map((name) => `github.com/prometheus/prometheus/cmd/${name}`);
  const { code, output } = await runProgram(
    go,
    // The clouds that Prometheus can ask for targets are most of its code; the deployed configuration asks DNS alone.
    [
      'build',
      '-trimpath',
      '-tags',
      'remove_all_sd,enable_dns_sd',
      '-ldflags',
      `-s -w ${stamp}`,
      '-o',
      `${folder}/`,
      ...packages,
    ],
    {
      cwd: join(projectRoot(), 'tools', 'prometheus'),
      env: { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off', CGO_ENABLED: '0' },
    },
  );
  if (code !== 0) {
    throw new SetupFailure(
      `building Prometheus failed:\n${lastLines(output)}`,
      'see that Go reaches its module proxy, or install prometheus and promtool on PATH',
    );
  }
}
