import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const ROOMS = [
  'core',
  'workflows',
  'activities',
  'workers',
  'proto',
  'client',
  'cli',
  'dashboards',
  'web',
  'tools',
  'bench',
];

/** Which top-level folders a folder may import from, itself included. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  proto: ['proto'],
  workflows: ['workflows', 'core'],
  activities: ['activities', 'core', 'proto'],
  workers: ['workers', 'activities', 'workflows', 'core', 'proto', 'tools'],
  client: ['client', 'proto'],
  cli: ['cli', 'client', 'proto', 'tools'],
  dashboards: ['dashboards'],
  web: ['web'],
  tools: ['tools', 'core'],
  bench: ['bench', 'client', 'workers', 'activities', 'workflows', 'core', 'proto', 'tools'],
};

/** What rooms may use beyond that, where types are always free of charge: errors and the words for them; the words of tasks; names of metrics and settings; the file of tokens; the look of the report. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  cli: [
    'core/errors.ts',
    'core/report/metrics.ts',
    'core/report/quality-metrics.ts',
    'core/sweep/folds.ts',
    'core/sweep/task.ts',
    'workers/gateway/access/roles.ts',
    'workers/gateway/access/token-file.ts',
  ],
  client: ['core/errors.ts'],
  dashboards: ['workers/metrics/catalogue.ts'],
  web: [
    'core/report/assets/page.css',
    'core/report/assets/tables.css',
    'core/report/assets/format.ts',
    'core/report/assets/pareto-chart.ts',
    'core/report/assets/detail-charts.ts',
    'core/report/metrics.ts',
    'core/report/quality-metrics.ts',
    'core/report/report-data.ts',
    'core/sweep/task.ts',
  ],
  tools: [
    'workers/metrics/catalogue.ts',
    'workers/metrics/inherited.ts',
    'workers/gateway/settings.ts',
    'workers/gpu-node/settings.ts',
    'workers/orchestrator/settings.ts',
    'workers/service/common-settings.ts',
    'workers/service/settings.ts',
  ],
};

/** Whose types a room may name: those of the messages that it is sent. */
const TYPES: Readonly<Record<string, readonly string[]>> = { web: ['core', 'proto', 'workers'] };

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts') && !name.startsWith('generated'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): { readonly specifier: string; readonly typeOnly: boolean }[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const pattern = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
  return [...text.matchAll(pattern)].map((match) => ({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined }));
}

function resolved(file: string, specifier: string): string {
  return relative(ROOT, resolve(ROOT, dirname(file), specifier)).replace(/\.js$/, '.ts');
}

const files = ROOMS.flatMap(sourceFiles);
const imports: Import[] = files.flatMap((from) =>
  importsOf(from)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, typeOnly }) => ({ from, to: resolved(from, specifier), typeOnly })),
);
const room = (file: string): string => file.split('/')[0] ?? '';

describe('the house', () => {
  it('has imports that point one way only', () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      if (ALLOWED[room(from)]?.includes(room(to)) === true) return false;
      if (typeOnly && (TYPES[room(from)] ?? ['core']).includes(room(to))) return false;
      return BESIDE[room(from)]?.includes(to) !== true;
    });
    expect(wrong).toEqual([]);
  });

  it('has no import cycle', () => {
    const graph = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports) if (!typeOnly) graph.set(from, [...(graph.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('keeps zod and node builtins out of workflow code and of what it imports', () => {
    const reached = new Set<string>();
    const reach = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { from, to, typeOnly } of imports) if (from === file && !typeOnly) reach(to);
    };
    for (const file of sourceFiles('workflows')) reach(file);
    const forbidden = [...reached].flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, typeOnly }) => !typeOnly && /^(node:|zod|@tensorflow|@grpc)/.test(specifier))
        .map(({ specifier }) => `${file} imports ${specifier}`),
    );
    expect(forbidden).toEqual([]);
  });

  it('keeps Temporal and gRPC out of core', () => {
    const forbidden = sourceFiles('core').flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => /^(@temporalio|@grpc)/.test(specifier))
        .map(({ specifier }) => `${file} imports ${specifier}`),
    );
    expect(forbidden).toEqual([]);
  });

  it('holds TensorFlow in the trainer only', () => {
    const loaders = files.filter((file) =>
      importsOf(file).some(({ specifier, typeOnly }) => !typeOnly && /\/tensorflow\.js$/.test(specifier)),
    );
    const outside = loaders.filter(
      (file) => !/^(core\/network|core\/training|core\/evaluation|workers\/trainer|bench)\//.test(file),
    );
    expect(outside).toEqual([]);
  });
});
