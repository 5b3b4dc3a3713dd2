// @ts-check
import { join } from 'node:path';
import { filesBelow, hashFiles } from '../setup/hash.mjs';

/** The folders whose TypeScript is compiled and whose assets are copied. */
const SOURCES = [
  'activities',
  'bench',
  'cli',
  'client',
  'core',
  'dashboards',
  'proto',
  'test',
  'tools',
  'web',
  'workers',
  'workflows',
];
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json'];

/** Made by the build itself. */
export const GENERATED = join('proto', 'generated');
/** Made by programs that the build makes. */
const GENERATED_LATER = join('dashboards', 'generated');

/** @param {string} root */
export function sourceFiles(root) {
  const generated = [GENERATED, GENERATED_LATER].map((folder) => join(root, folder));
  return SOURCES.flatMap((folder) => filesBelow(join(root, folder))).filter(
    (file) => !generated.some((folder) => file.startsWith(folder)),
  );
}

/**
 * Everything that decides what dist/ holds.
 * @param {string} root
 */
export function inputFiles(root) {
  return [...sourceFiles(root), ...SETTINGS.map((file) => join(root, file))];
}

/** @param {string} root */
export function hashInputs(root) {
  return hashFiles(root, inputFiles(root));
}
