// @ts-check
// Imports nothing that an old Node lacks, so that it can say what is wrong.
import { pins } from '../paths.mjs';
import { compareVersions } from './version.mjs';

/** Ends the process where Node is too old for anything else to load. */
export function requireNode() {
  if (compareVersions(process.versions.node, pins.node) >= 0) return;
  console.error(`  ✗ node: Node ${process.versions.node} is too old; ${pins.node} or later is needed`);
  console.error('    To mend it: install Node 20 or later, and run this again');
  process.exit(1);
}
