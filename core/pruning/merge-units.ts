import { type ModelParameter, modelParameters } from '../models/described-topology.js';
import { isHomogeneousWay } from '../models/homogeneous.js';
import { type NamedTensor, sizeOf } from '../models/named-tensor.js';
import { type SpreadRemoval, spreadRemoval } from '../models/removal.js';
import type { Topology } from '../models/topology.js';
import { inputAxis, placeAlong, scoredLayers, unitNorms } from './criteria/index.js';

/** By layer: the unit that takes over, by the unit that goes. */
export type Heirs = Readonly<Record<string, ReadonlyMap<number, number>>>;

/** What a slice is multiplied with and added to. */
interface Move {
  readonly to: number;
  readonly share: number;
}

/** How far filters that differ by a factor may be from it, as 1 − cos². */
const PARALLEL = 1e-6;

/** How far the ratios of coupled units' norms may be from each other, as a part of them. */
const COMMON = 1e-3;

/**
 * The pairs of which the unit that stays can take over. A separable convolution hears two units through depthwise filters of their own: only
 * where these differ by a factor alone, as filters of one weight do, can a pointwise row stand for both. The other units are only removed.
 */
export function exactHeirs(topology: Topology, weights: readonly NamedTensor[], heirs: Heirs): Heirs {
  const parameters = modelParameters(topology);
  const pointwise = parameters.filter((parameter) => filtersOf(parameter, parameters) !== undefined);
  const filters = pointwise.map((parameter) => {
    const axis = inputAxis(parameter);
    return { parameter, axis, products: productsOf(filtersOf(parameter, parameters), weights) };
  });
  const isExact = (layer: string, goes: number, stays: number): boolean =>
    filters.every(({ parameter, axis, products }) => {
      const [from, to] = [goes, stays].map((unit) =>
        placesOf(parameter, axis, spreadRemoval(topology, { [layer]: [unit] })),
      );
      return (from ?? []).every((place, i) => {
        const other = to?.[i] ?? place;
        const sizes = products(place, place) * products(other, other);
        return sizes - products(place, other) ** 2 <= PARALLEL * sizes;
      });
    });
  const exact = Object.entries(heirs).map(([layer, own]) => {
    const pairs = [...own].filter(([goes, stays]) => isExact(layer, goes, stays));
    return [layer, new Map(pairs)] as const;
  });
  return Object.fromEntries(exact.filter(([, own]) => own.size > 0));
}

/**
 * The weights where each unit that stays has taken over the outgoing weights of those that were merged into it, which keep none: rows of the
 * kernels that take them are added, those of the layers' own recurrent kernels as well, times the ratio of the units' norms where it
 * reaches the kernels. Where one unit gives the numbers of the other, times that ratio, the network without the merged ones gives what it
 * gave.
 *
 * Per-feature weights in between, of batch norm or depthwise convolutions, stay what they are. Pointwise rows of separable convolutions are
 * multiplied with what their filters differ by.
 * @param heirs - as `exactHeirs` leaves them
 */
export function mergeUnits(topology: Topology, weights: readonly NamedTensor[], heirs: Heirs): NamedTensor[] {
  const coupled = scoredLayers(topology, weights).filter(({ layer }) => heirs[layer] !== undefined);
  const norms = new Map(coupled.map((layer) => [layer.layer, unitNorms(layer, 2)]));
  const pairs = Object.entries(heirs).flatMap(([layer, own]) =>
    [...own].map(([from, to]) => {
      const goes = spreadRemoval(topology, { [layer]: [from] });
      const stays = spreadRemoval(topology, { [layer]: [to] });
      return { goes, stays, factor: factorOf(topology, weights, norms, goes, stays) };
    }),
  );
  const parameters = modelParameters(topology);
  const byName = new Map(parameters.map((parameter) => [parameter.fullName, parameter]));
  return weights.map((tensor) => {
    const parameter = byName.get(tensor.name);
    if (parameter?.prunable !== true) return tensor;
    const axis = inputAxis(parameter);
    const filters = filtersOf(parameter, parameters);
    const products = filters === undefined ? () => 1 : productsOf(filters, weights);
    const moves = new Map<number, Move>();
    for (const { goes, stays, factor } of pairs) {
      const places = placesOf(parameter, axis, stays);
      placesOf(parameter, axis, goes).forEach((from, i) => {
        const to = places[i] ?? from;
        moves.set(from, { to, share: factor * (products(from, to) / products(to, to) || 0) });
      });
    }
    return moves.size === 0 ? tensor : withSlicesMoved(tensor, axis, moves);
  });
}

/**
 * How much of what one unit gives another one gives: the ratio of their norms where it is common to all units that are coupled with them and
 * the way to the kernels that take them keeps it; else 1.
 */
function factorOf(
  topology: Topology,
  weights: readonly NamedTensor[],
  norms: ReadonlyMap<string, Float32Array>,
  goes: SpreadRemoval,
  stays: SpreadRemoval,
): number {
  const ratios = topology.nodes.flatMap(({ name }, node) => {
    const normOf = (unit = -1): number => norms.get(name)?.[unit] ?? Number.NaN;
    const heirs = [...(stays.units[node] ?? [])];
    return [...(goes.units[node] ?? [])].map((unit, i) => normOf(unit) / normOf(heirs[i]));
  });
  const [first = 1] = ratios;
  const isCommon = first > 0 && ratios.every((ratio) => Math.abs(ratio - first) <= COMMON * first);
  return isCommon && isHomogeneousWay(topology, weights, goes, stays) ? first : 1;
}

/** Where along a kernel's input axis the features lie that a unit makes. */
function placesOf({ axes, node }: ModelParameter, axis: number, spread: SpreadRemoval | undefined): number[] {
  const role = axes[axis];
  const sorted = (places: Iterable<number> = []): number[] => [...places].sort((a, b) => a - b);
  switch (role?.role) {
    case 'out':
      return sorted(spread?.units[node]);
    case 'in':
      return sorted(spread?.input[node]);
    case 'multiplied':
      return sorted(spread?.input[node]).flatMap((feature) =>
        Array.from({ length: role.by }, (_, j) => feature * role.by + j),
      );
    default:
      return [];
  }
}

/** The depthwise kernel before a pointwise one; undefined where there is none. */
function filtersOf(pointwise: ModelParameter, parameters: readonly ModelParameter[]): ModelParameter | undefined {
  if (!pointwise.prunable) return undefined;
  return parameters.find(({ node, name }) => node === pointwise.node && name === 'depthwise_kernel');
}

/** Inner products of two filters of a depthwise kernel [h, w, in, multiplier], by their places in what it gives. */
function productsOf(
  filters: ModelParameter | undefined,
  weights: readonly NamedTensor[],
): (one: number, other: number) => number {
  const values = weights.find(({ name }) => name === filters?.fullName)?.values ?? new Float32Array();
  const count = sizeOf(filters?.shape.slice(-2) ?? []);
  return (one, other) => {
    let sum = 0;
    for (let i = 0; i < values.length; i += count) sum += (values[i + one] ?? 0) * (values[i + other] ?? 0);
    return sum;
  };
}

/** Adds slices, or a part of them, to those at other places, and leaves zeros. */
function withSlicesMoved(
  { name, shape, values }: NamedTensor,
  axis: number,
  moves: ReadonlyMap<number, Move>,
): NamedTensor {
  const stride = sizeOf(shape.slice(axis + 1));
  const along = placeAlong({ shape }, axis);
  const givers = new Map<number, (readonly [from: number, share: number])[]>();
  for (const [from, { to, share }] of moves) givers.set(to, [...(givers.get(to) ?? []), [from, share]]);
  const taken = values.map((value, i) => {
    const place = along(i);
    if (moves.has(place)) return 0;
    const given = (sum: number, [from, share]: readonly [number, number]): number =>
      sum + share * (values[i + (from - place) * stride] ?? 0);
    return (givers.get(place) ?? []).reduce(given, value);
  });
  return { name, shape, values: taken };
}
