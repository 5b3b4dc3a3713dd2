import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pins, projectRoot } from '../paths.mjs';
import type { Diagnosis } from './diagnosis.js';
import { firstLine, runProgram } from './run-program.js';

export async function diagnoseNode(): Promise<Diagnosis> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = pins.node.split('.').map(Number);
  const recent = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  const found = `${process.versions.node} on ${process.platform} ${process.arch}`;
  if (recent) return { name: 'Node', state: 'ok', found };
  return { name: 'Node', state: 'problem', found, remedy: `install Node ${pins.node} or later` };
}

export async function diagnoseDependencies(): Promise<Diagnosis> {
  const stamp = join(projectRoot(), 'node_modules', '.prunefront-lock');
  if (existsSync(stamp)) return { name: 'npm packages', state: 'ok', found: 'installed from package-lock.json' };
  return { name: 'npm packages', state: 'problem', found: 'not installed', remedy: '`npm run setup`' };
}

export async function diagnoseCompiler(): Promise<Diagnosis> {
  const compiler = process.env['CXX'] || 'g++';
  const { ok, stdout } = await runProgram(compiler, ['--version']);
  if (ok) return { name: 'C++ compiler', state: 'ok', found: firstLine(stdout) };
  return {
    name: 'C++ compiler',
    state: 'warning',
    found: `${compiler} does not run; set-up compiles the TensorFlow binding with it`,
    remedy: '`apt-get install g++`, or let CXX name another C++17 compiler',
  };
}

export async function diagnosePython(): Promise<Diagnosis> {
  const { ok, stdout } = await runProgram('python3', ['-m', 'pip', '--version']);
  // The path that pip adds is noise.
  if (ok) return { name: 'Python', state: 'ok', found: firstLine(stdout).replace(/ from .* \(/, ' (') };
  return {
    name: 'Python',
    state: 'warning',
    found: 'python3 with pip does not run; set-up downloads TensorFlow with it',
    remedy: '`apt-get install python3 python3-pip`',
  };
}
