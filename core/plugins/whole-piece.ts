import { parseTopology } from '../models/topology.js';
import type { Setting } from '../registry/index.js';
import { isOwnMetric } from '../sweep/spec.js';
import { TASK_METRICS } from '../sweep/task.js';
import type { Plugin } from './plugin.js';

type Parts = Readonly<Record<string, unknown>>;

/**
 * What a piece of a plugin lacks; null where it is whole. A plugin is not type-checked, and what is missing is better told when a process
 * starts than in the middle of a sweep.
 */
export function lackOf(kind: keyof Plugin, piece: unknown): string | null {
  if (!isObject(piece)) return 'an object';
  for (const key of ['name', 'summary', 'source'])
    if (typeof piece[key] !== 'string' || piece[key] === '') return `${key}, a text`;
  if (!isObject(piece['settings'])) return 'settings, an object; {} where there are none';
  for (const [name, setting] of Object.entries(piece['settings'])) {
    const { kind: type, description, default: usual } = isObject(setting) ? setting : ({} as Parts);
    if (!SETTING_KINDS.some((known) => known === type) || typeof description !== 'string')
      return `settings.${name} with description and kind: ${SETTING_KINDS.join(', ')}`;
    if (usual === undefined && type !== 'text' && type !== 'file') return `settings.${name} with a default`;
  }
  return OWN_PARTS[kind](piece);
}

const SETTING_KINDS: readonly Setting['kind'][] = ['number', 'choice', 'switch', 'text', 'file'];

/** What pieces of each kind have beside name, summary, source and settings. */
const OWN_PARTS: { readonly [Kind in keyof Plugin]-?: (piece: Parts) => string | null } = {
  criteria: (piece) => (isFunction(piece['weights']) || isFunction(piece['units']) ? null : 'weights or units'),
  granularities(piece) {
    if (piece['kind'] === 'layers') return null;
    if (piece['kind'] === 'units') return piece['of'] instanceof Set ? null : 'of, a Set of filter, neuron, recurrent';
    if (piece['kind'] !== 'mask') return 'kind: mask, units or layers';
    return functions(piece, 'atomOf', 'unfit');
  },
  scopes: (piece) => (isFunction(piece['rank']) === isFunction(piece['densities']) ? 'rank or densities' : null),
  schedules: (piece) => functions(piece, 'resolve'),
  compressions: (piece) =>
    piece['makes'] === 'layers' || piece['makes'] === 'encodings'
      ? functions(piece, 'apply')
      : 'makes: layers or encodings',
  readers: (piece) => functions(piece, 'read'),
  losses: (piece) => listOfTasks(piece) ?? functions(piece, 'create'),
  metrics(piece) {
    if (!isOwnMetric(String(piece['name'])) || piece['name'] === 'accuracyDrop')
      return 'a name that no other metric has';
    if (![undefined, 'more', 'less'].some((better) => better === piece['better'])) return 'better: more or less';
    return listOfTasks(piece) ?? functions(piece, 'examples');
  },
  models({ keras }) {
    try {
      parseTopology(keras);
      return null;
    } catch (error) {
      return `keras, the config of a model (${error instanceof Error ? error.message : String(error)})`;
    }
  },
};

function listOfTasks({ tasks }: Parts): string | null {
  const known = Object.keys(TASK_METRICS);
  const isWhole = Array.isArray(tasks) && tasks.length > 0 && tasks.every((task) => known.includes(String(task)));
  return isWhole ? null : `tasks, a list of ${known.join(', ')}`;
}

function functions(piece: Parts, ...names: readonly string[]): string | null {
  const missing = names.find((name) => !isFunction(piece[name]));
  return missing === undefined ? null : `${missing}, a function`;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isObject(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null;
}
