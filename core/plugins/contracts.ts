import { sizeOf } from '../models/named-tensor.js';
import type { ScoredKernel, ScoredLayer } from '../pruning/criteria/index.js';
import type { ComparedLayer } from '../pruning/scopes/index.js';
import type { Plugin } from './plugin.js';

/** What a function gave that it may not, and what it may. */
export interface Fault {
  readonly found: string;
  readonly allowed: string;
}

/** A function of a piece, as it has to be. */
export interface Part {
  /** What is wrong with what it gave for its arguments; null where nothing is. */
  readonly check?: (given: unknown, args: readonly unknown[]) => Fault | null;
  /** Place of the argument whose functions are Prunefront's: what these throw is no fault of the piece. */
  readonly lent?: number;
  /** Functions of what it gives. */
  readonly gives?: Parts;
  /** Whether pieces with the same function share what it gives. */
  readonly shared?: true;
}

/** Functions by name; a piece need not have all of them. */
export type Parts = Readonly<Record<string, Part>>;

const ANYTHING: Part = {};

/** What the functions of pieces have to give that plugins register. */
export const CONTRACTS: { readonly [Kind in keyof Plugin]-?: Parts } = {
  criteria: {
    weights: { lent: 1, check: (given, [kernel]) => scores(given, (kernel as ScoredKernel).values.length) },
    units: { lent: 1, check: (given, [layer]) => scores(given, (layer as ScoredLayer).units) },
    alike: { lent: 1, check: (given, [layer]) => unitsOf(given, (layer as ScoredLayer).units) },
    rounds: { check: (given) => (isCount(given) ? null : fault(given, 'an integer, at least 1')) },
    regularised: {
      check: (given) =>
        isObject(given) && isObject(given['penalty']) && isNumber(given['epochs'], 0)
          ? null
          : fault(given, '{ penalty, epochs }'),
    },
    unfit: ANYTHING,
  },
  granularities: {
    atomOf: { check: (given, [kernel]) => atoms(given, sizeOf((kernel as ScoredKernel).shape)) },
    pool: { check: (given) => (given instanceof Float32Array ? null : fault(given, 'a Float32Array')) },
    groupSize: { check: (given) => (isCount(given) ? null : fault(given, 'an integer, at least 1')) },
    prunes: ANYTHING,
    unfit: ANYTHING,
    sparsities: ANYTHING,
  },
  scopes: {
    rank: { check: (given, [layers]) => ranks(given, layers as readonly ComparedLayer[]) },
    densities: { check: (given, [layers]) => densities(given, (layers as readonly ComparedLayer[]).length) },
  },
  schedules: {
    resolve: {
      check: (given) =>
        isObject(given) &&
        typeof given['sparsityAt'] === 'function' &&
        typeof given['shouldPruneAt'] === 'function' &&
        isNumber(given['lastStep'], 0)
          ? null
          : fault(given, '{ sparsityAt, shouldPruneAt, lastStep }, two functions and a step'),
      gives: {
        sparsityAt: { check: (given) => (isNumber(given, 0, 1) ? null : fault(given, 'a number from 0 to 1')) },
        shouldPruneAt: ANYTHING,
        regrowAt: {
          check: (given) => (given === null || isNumber(given, 0, 1) ? null : fault(given, 'null, or from 0 to 1')),
        },
      },
    },
  },
  compressions: {
    checkSettings: ANYTHING,
    check: ANYTHING,
    apply: {
      lent: 2,
      check: (given) =>
        isObject(given) && isObject(given['topology']) && Array.isArray(given['weights'])
          ? null
          : fault(given, 'a model: { topology, weights, masks, encodings, activations, notes }'),
    },
  },
  models: {},
  readers: {
    read: {
      check: (given) =>
        isObject(given) &&
        (given['x'] instanceof Uint8Array || given['x'] instanceof Float32Array) &&
        Array.isArray(given['exampleShape']) &&
        given['labels'] instanceof Int32Array
          ? null
          : fault(given, '{ x, exampleShape, labels, classes }: a Uint8Array or Float32Array, a list, an Int32Array'),
    },
  },
  losses: {
    create: {
      check: (given) =>
        isObject(given) && typeof given['perExample'] === 'function'
          ? null
          : fault(given, '{ perExample }, a function'),
      gives: {
        perExample: {
          check: (given, [, outputs]) =>
            shapeOf(given)?.length === 1 && shapeOf(given)?.[0] === shapeOf(outputs)?.[0]
              ? null
              : fault(given, `a tensor of shape [${shapeOf(outputs)?.[0]}], a number for each example`),
        },
        mean: { check: (given) => (shapeOf(given)?.length === 0 ? null : fault(given, 'a tensor of a single number')) },
      },
    },
  },
  metrics: {
    examples: {
      shared: true,
      check: (given, [, outputs]) =>
        shapeOf(given) !== undefined && shapeOf(given)?.[0] === shapeOf(outputs)?.[0]
          ? null
          : fault(given, `a tensor whose first axis is ${shapeOf(outputs)?.[0]}, that of the examples`),
    },
    of: { check: (given) => (typeof given === 'number' ? null : fault(given, 'a number')) },
  },
};

function scores(given: unknown, count: number): Fault | null {
  const isWhole = given instanceof Float32Array && given.length === count;
  return isWhole ? null : fault(given, `a Float32Array of ${count} scores`);
}

function unitsOf(given: unknown, count: number): Fault | null {
  const all = isList(given) ? Array.from(given) : [];
  const isWhole = all.length === count && all.every((unit) => Number.isInteger(unit) && isNumber(unit, 0, count - 1));
  return isWhole ? null : fault(given, `${count} units, each from 0 to ${count - 1}`);
}

function atoms(given: unknown, count: number): Fault | null {
  const isWhole = given instanceof Uint32Array && given.length === count;
  return isWhole ? null : fault(given, `a Uint32Array of ${count} atoms, that of each weight`);
}

function ranks(given: unknown, layers: readonly ComparedLayer[]): Fault | null {
  if (!Array.isArray(given) || given.length !== layers.length)
    return fault(given, `${layers.length} lists of priorities, one for each layer`);
  const unfit = layers.findIndex(({ scores }, i) => {
    const own: unknown = given[i];
    return !(own instanceof Float32Array) || own.length !== scores.length || own.some(Number.isNaN);
  });
  const { layer, scores: { length } = [] } = layers[unfit] ?? {};
  return unfit < 0
    ? null
    : fault(given[unfit], `a Float32Array of ${length} priorities of the layer ${layer}, none NaN`);
}

function densities(given: unknown, count: number): Fault | null {
  const isWhole =
    Array.isArray(given) && given.length === count && given.every((own) => isNumber(own, 0, 1 + ROUNDING));
  return isWhole ? null : fault(given, `${count} densities, one for each layer, from 0 to 1`);
}

/** How far rounding may bring a density above 1. */
const ROUNDING = 1e-6;

function fault(given: unknown, allowed: string): Fault {
  return { found: described(given), allowed };
}

/** A value in a few words. */
function described(given: unknown): string {
  const shape = shapeOf(given);
  if (shape !== undefined) return `a tensor of shape [${shape.join(', ')}]`;
  if (isList(given)) {
    const first = Array.from({ length: Math.min(SHOWN, given.length) }, (_, i) => short(given[i]));
    const rest = given.length > SHOWN ? ', …' : '';
    return `${given.constructor.name} of ${given.length}: ${first.join(', ')}${rest}`;
  }
  return isObject(given) ? `an object with ${Object.keys(given).join(', ') || 'nothing'}` : String(given);
}

function short(entry: unknown): string {
  return typeof entry === 'number' ? String(Number(entry.toPrecision(3))) : String(entry);
}

/** Entries of a list that an error shows. */
const SHOWN = 4;

/** The shape of a tensor; undefined for anything else. */
function shapeOf(value: unknown): readonly number[] | undefined {
  if (!isObject(value) || typeof value['dtype'] !== 'string' || !Array.isArray(value['shape'])) return undefined;
  return value['shape'] as number[];
}

function isList(value: unknown): value is ArrayLike<unknown> & object {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && isNumber(value, 1);
}

/** Whether a value is a number between two, ends included; NaN is not. */
function isNumber(value: unknown, least: number, most = Number.POSITIVE_INFINITY): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}
