import fc from 'fast-check';
import { PrunefrontError } from '../../core/errors.js';
import { describeLayer } from '../../core/models/layers/index.js';
import { sizeOf } from '../../core/models/named-tensor.js';
import type { Topology } from '../../core/models/topology.js';
import { ANYWHERE, activation, BY_RANK, type Draw, layer, NORMS, pick, units } from './random-layers.js';
import { functionalOf, type Layer } from './tiny-networks.js';

/** The largest example that a layer may give. */
const LARGEST = 500;

const MERGES = ['Add', 'Multiply', 'Average', 'Maximum', 'Minimum'];

const INPUTS: readonly (readonly number[])[] = [[6], [5, 3], [5, 4, 2], [6, 5, 1], [3, 4, 3, 2]];

/** By rank: what gives one number for each feature, which can be joined with all positions. */
const MEANS = [null, null, 'GlobalAveragePooling1D', 'GlobalAveragePooling2D', null];

/** Whether shapes can be joined element-wise: aligned at the last axis, sizes are equal or 1. */
function stretches(a: readonly number[], b: readonly number[]): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.every((size, i) => {
    const other = long[long.length - short.length + i];
    return size === other || size === 1 || other === 1;
  });
}

/** A graph that grows by layers; what its names stand for is known as it grows. */
class Growing {
  readonly layers: (Layer & { readonly from: readonly string[] })[] = [];
  readonly shapes = new Map<string, readonly number[]>();
  current = 'input';

  constructor(input: readonly number[]) {
    this.shapes.set('input', input);
  }

  get shape(): readonly number[] {
    return this.shapes.get(this.current) ?? [];
  }

  /** Adds a layer where its shapes can be; whether it did. */
  add({ class_name, config }: Layer, from: readonly string[] = [this.current]): boolean {
    const name = `${class_name}_${this.layers.length}`;
    const inputs = from.map((other) => this.shapes.get(other) ?? []);
    try {
      const { output } = describeLayer({ name, className: class_name, config }, inputs);
      if (sizeOf(output) > LARGEST) return false;
      this.layers.push({ class_name, config: { name, ...config }, from });
      this.shapes.set(name, output);
      this.current = name;
      return true;
    } catch (error) {
      if (error instanceof PrunefrontError && error.code === 'PRUNEFRONT_IMPOSSIBLE_SHAPE') return false;
      throw error;
    }
  }

  /** Joins the current layer with an earlier one that fits it, or with a dense layer beside it, be it of its mean over all positions. */
  join([, a, b, c]: Draw): void {
    const { current, shape } = this;
    const concatenates = b % 3 === 0;
    const fitting = [...this.shapes].flatMap(([name, other]) =>
      name !== current && (concatenates ? other.join() === shape.join() : stretches(other, shape)) ? [name] : [],
    );
    if (fitting.length === 0 || a % 2 === 0) {
      const mean = pick(MEANS, shape.length);
      if (!concatenates && c % 3 === 0 && mean !== null) this.add(layer(mean));
      if (!this.add(layer('Dense', { units: concatenates ? units(a) : (shape.at(-1) ?? 1), ...activation(a) }))) return;
      fitting.splice(0, fitting.length, this.current);
    }
    const other = pick(fitting, a);
    const axis = b % 2 === 0 || shape.length < 2 ? -1 : 1;
    const joined = concatenates ? layer('Concatenate', { axis }) : layer(pick(MERGES, b));
    if (concatenates && axis === 1 && this.shapes.get(other)?.join() !== shape.join()) return;
    this.add(joined, [current, other]);
  }

  /** The graph of what the last layer needs. */
  finish(): Topology {
    const needed = new Set([this.current]);
    for (const { config, from } of [...this.layers].reverse())
      if (needed.has(String(config['name']))) for (const name of from) needed.add(name);
    const used = this.layers.filter(({ config }) => needed.has(String(config['name'])));
    return functionalOf(this.shapes.get('input') ?? [], used);
  }
}

const number = fc.nat({ max: 59 });

/** Small graphs of all layers that surgery knows, with branches that meet again; their output is that of a dense layer. */
export const randomGraph: fc.Arbitrary<Topology> = fc
  .record({
    input: fc.nat({ max: INPUTS.length }),
    draws: fc.array(fc.tuple(number, number, number, number), { minLength: 2, maxLength: 9 }),
    flat: fc.boolean(),
  })
  .map(({ input, draws, flat }) => {
    const graph = new Growing(INPUTS[input] ?? [6]);
    // Embedding takes integers, so that it comes first or never.
    const leavesOut = (draws[0]?.[0] ?? 0) % 6 === 1;
    if (input === INPUTS.length) graph.add(layer('Embedding', { input_dim: 7, output_dim: 4, mask_zero: leavesOut }));
    else if (leavesOut && graph.shape.length === 2) graph.add(layer('Masking', { mask_value: 0 }));
    const masked = leavesOut && graph.shape.length === 2;
    for (const draw of draws) {
      const [choice] = draw;
      const makes = [...(BY_RANK[graph.shape.length] ?? []), ...(graph.shape.length < 4 ? NORMS : []), ...ANYWHERE];
      const make = pick(makes, choice + draw[3] * 7);
      // tfjs cannot join masks.
      if (choice % 4 === 0 && !masked) graph.join(draw);
      else graph.add(make(draw, graph.shape));
    }
    if (flat && graph.shape.length > 1) graph.add(layer('Flatten'));
    graph.add(layer('Dense', { units: 3 }));
    return graph.finish();
  });
