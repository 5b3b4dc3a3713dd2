// @ts-check
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath, pins, projectRoot, temporalExecutable } from '../paths.mjs';
import { SetupFailure } from './failure.mjs';
import { filesBelow } from './hash.mjs';
import { lastLines, runProgram } from './processes.mjs';
import { publish, publishLink, withScratch } from './scratch.mjs';
import { compareVersions } from './version.mjs';

const DOWNLOAD_LIMIT_MS = 180_000;
const here = dirname(fileURLToPath(import.meta.url));

/** @returns {import('./steps.mjs').Step} */
export function temporalStep() {
  const executable = temporalExecutable();
  return {
    name: 'temporal',
    doing: 'looking for a Temporal server on PATH, then downloading it, then building it from the Go module proxy',
    lock: 'temporal',
    // existsSync follows links: a server that was uninstalled since is looked for again.
    isDone: () => existsSync(executable),
    run: (note) =>
      withScratch(async (scratch) => {
        if (process.env['PRUNEFRONT_TEMPORAL_CLI']) {
          throw new SetupFailure(
            `PRUNEFRONT_TEMPORAL_CLI names ${executable}, which does not exist`,
            'name an existing file, or unset it',
          );
        }
        const installed = await onPath(note);
        if (installed !== undefined) {
          publishLink(installed, executable);
          return;
        }
        const made = (await download(scratch, note)) ?? (await build(scratch, note));
        chmodSync(made, 0o755);
        const version = await versionOf(made);
        if (version === undefined)
          throw new SetupFailure(`${made} does not run`, 'install the Temporal CLI yourself, on PATH');
        publish(made, executable);
        note(version);
      }),
  };
}

/**
 * What `temporal --version` says, where it runs.
 * @param {string} executable
 */
async function versionOf(executable) {
  const { code, stdout } = await runProgram(executable, ['--version'], { timeoutMs: 20_000 });
  return code === 0 && stdout.startsWith('temporal version') ? stdout.trim() : undefined;
}

/** @param {(text: string) => void} note */
async function onPath(note) {
  const found = findOnPath('temporal');
  if (found === undefined) return undefined;
  const version = (await versionOf(found))?.split(' ')[2];
  const { atLeast, below } = pins.temporal;
  if (version !== undefined && compareVersions(version, atLeast) >= 0 && compareVersions(version, below) < 0) {
    note(`taking ${found}, version ${version}`);
    return found;
  }
  note(`passing over ${found}: ${version ?? 'unknown version'}, wanted ${atLeast} or later, below ${below}`);
  return undefined;
}

/**
 * The SDK's own download; undefined on machines that cannot reach it.
 * @param {string} scratch
 * @param {(text: string) => void} note
 */
async function download(scratch, note) {
  const folder = join(scratch, 'download');
  mkdirSync(folder);
  const script = join(here, 'download-temporal.mjs');
  const { code, output } = await runProgram(process.execPath, [script, `v${pins.temporal.cli}`, folder], {
    cwd: projectRoot(),
    timeoutMs: DOWNLOAD_LIMIT_MS,
  });
  const file = filesBelow(folder).find((path) => (statSync(path).mode & 0o100) !== 0);
  if (code === 0 && file !== undefined) return file;
  note(`no download here (${lastLines(output, 1).slice(0, 160)})`);
  return undefined;
}

/**
 * @param {string} scratch
 * @param {(text: string) => void} note
 */
async function build(scratch, note) {
  const go = findOnPath('go');
  if (go === undefined) {
    throw new SetupFailure(
      'the Temporal server can be neither found on PATH nor downloaded, and Go is not installed to build it',
      `install the Temporal CLI (${pins.temporal.atLeast} or later) or Go 1.21 or later on PATH, and run the set-up again`,
    );
  }
  note(`building version ${pins.temporal.cli} with Go (some minutes, once)`);
  const result = join(scratch, 'temporal');
  const { code, output } = await runProgram(
    go,
    [
      'build',
      '-trimpath',
      '-ldflags',
      `-s -w -X github.com/temporalio/cli/temporalcli.Version=${pins.temporal.cli}`,
      '-o',
      result,
      'github.com/temporalio/cli/cmd/temporal',
    ],
    {
      cwd: join(projectRoot(), 'tools', 'temporal'),
      // No C compiler in play, and go.mod with go.sum alone decide what is built.
      env: { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off', CGO_ENABLED: '0' },
    },
  );
  if (code !== 0) {
    throw new SetupFailure(
      `building the Temporal server failed:\n${lastLines(output)}`,
      'see that Go reaches its module proxy, or install the Temporal CLI on PATH',
    );
  }
  return result;
}
