import { PrunefrontError } from '../../errors.js';

/** What a width costs a tensor. */
export interface WidthChoice {
  readonly bits: number;
  /** How much the loss grows where this tensor alone has so few bits; measured, so noise may make it negative. */
  readonly lossIncrease: number;
}

/** A tensor whose width is to be chosen. */
export interface MeasuredTensor {
  readonly name: string;
  /** Number of its weights. */
  readonly size: number;
  readonly widths: readonly WidthChoice[];
}

interface Option extends WidthChoice {
  readonly bytes: number;
}

/**
 * A width for each tensor, so that the integers take at most `budget` bytes and the loss increases, taken as independent, add up to little
 * (HAWQ-V2, Dong et al. 2020). Every tensor begins with its fewest bytes; the step along the lower convex hull of its widths that saves most loss
 * for a byte is taken first (Everett 1963: optimal where it spends the budget wholly). Where one width for all is better, it is that.
 * @param budget - bytes of all tensors together
 * @returns bits by tensor
 * @throws PrunefrontError `PRUNEFRONT_COMPRESSION` where the narrowest widths take more
 */
export function chooseBits(tensors: readonly MeasuredTensor[], budget: number): Map<string, number> {
  const hulls = tensors.map(lowerHull);
  const least = total(hulls.map(([first]) => first?.bytes ?? 0));
  if (least > budget) {
    throw new PrunefrontError('PRUNEFRONT_COMPRESSION', 'No widths of the weights fit the bytes that they may take', {
      found: `${budget} bytes`,
      allowed: `at least ${least} bytes`,
    });
  }
  const plans = [alongHulls(hulls, budget - least), ...uniformPlans(tensors, budget)];
  const best = plans.reduce((found, plan) => (lossOf(plan) < lossOf(found) ? plan : found));
  return new Map(tensors.map(({ name }, i) => [name, best[i]?.bits ?? 0]));
}

function alongHulls(hulls: readonly (readonly Option[])[], spare: number): Option[] {
  const steps = hulls.flatMap((hull, tensor) =>
    hull.slice(1).map((option, i) => {
      const before = hull[i] ?? option;
      return { tensor, before, option, slope: slope(before, option) };
    }),
  );
  // Along a hull slopes only get flatter, so the steps of a tensor stay in their order; those of equal slope too, because sorting is stable.
  steps.sort((a, b) => a.slope - b.slope);
  const chosen = hulls.flatMap(([first]) => (first === undefined ? [] : [first]));
  let left = spare;
  for (const { tensor, before, option } of steps) {
    const cost = option.bytes - before.bytes;
    if (chosen[tensor] !== before || cost > left) continue;
    chosen[tensor] = option;
    left -= cost;
  }
  return chosen;
}

/** The plans that give all tensors the same width and fit. */
function uniformPlans(tensors: readonly MeasuredTensor[], budget: number): Option[][] {
  const widths = new Set(tensors.flatMap((tensor) => optionsOf(tensor).map(({ bits }) => bits)));
  return [...widths]
    .map((bits) => tensors.flatMap((tensor) => optionsOf(tensor).filter((option) => option.bits === bits)))
    .filter((plan) => plan.length === tensors.length && total(plan.map(({ bytes }) => bytes)) <= budget);
}

/** The widths that some weighing of bytes against loss prefers, the fewest bytes first. */
function lowerHull(tensor: MeasuredTensor): Option[] {
  const hull: Option[] = [];
  for (const option of optionsOf(tensor)) {
    const last = hull.at(-1);
    if (last !== undefined && option.lossIncrease >= last.lossIncrease) continue;
    for (;;) {
      const [before, top] = hull.slice(-2);
      if (before === undefined || top === undefined || slope(before, top) < slope(top, option)) break;
      hull.pop();
    }
    hull.push(option);
  }
  return hull;
}

function optionsOf({ size, widths }: MeasuredTensor): Option[] {
  const options = widths.map((width) => ({ ...width, bytes: Math.ceil((size * width.bits) / 8) }));
  return options.sort((a, b) => a.bits - b.bits);
}

/** Loss for a byte: the more negative, the better. */
function slope(from: Option, to: Option): number {
  return (to.lossIncrease - from.lossIncrease) / Math.max(to.bytes - from.bytes, 1);
}

function lossOf(plan: readonly Option[]): number {
  return total(plan.map(({ lossIncrease }) => lossIncrease));
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
