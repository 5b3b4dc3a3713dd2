import { createHash } from 'node:crypto';
import { withoutNights } from '../spec/sweep-id.js';
import { canonicalJson } from '../store/canonical-json.js';
import type { NightSpec } from './activities.js';

/**
 * Says what a night judges: the same search on files of the same content, whatever they are called, for the same publication.
 * @param hashes - SHA-256 of every file that the spec names, by path
 */
export function nightFingerprint(spec: NightSpec, hashes: Readonly<Record<string, string>>): string {
  const { name, tolerance } = spec.nightly.publish;
  const search = byContent(withoutNights(spec), hashes);
  // The weights of a model are no part of the spec.
  const files = Object.values(hashes).sort();
  return createHash('sha256').update(canonicalJson({ search, files, name, tolerance })).digest('hex');
}

function byContent(value: unknown, hashes: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return hashes[value] ?? value;
  if (Array.isArray(value)) return value.map((each) => byContent(each, hashes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, byContent(each, hashes)]));
}
