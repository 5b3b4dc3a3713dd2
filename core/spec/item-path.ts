import type { SpecPath, YamlSource } from './yaml-source.js';

/** Path of an item of what may be a list or one value by itself. */
export function itemPath({ data }: YamlSource, path: readonly string[], i: number): SpecPath {
  const value = path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>>)[key], data);
  return Array.isArray(value) ? [...path, i] : path;
}
