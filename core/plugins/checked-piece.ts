import { PrunefrontError } from '../errors.js';
import type { Piece } from '../registry/index.js';
import { CONTRACTS, type Part, type Parts } from './contracts.js';
import { type Plugin, REGISTRIES } from './plugin.js';

type Run = (...args: unknown[]) => unknown;

/** Where a function comes from, for errors. */
interface Origin {
  /** `criterion spread`. */
  readonly piece: string;
  /** Path of the plugin. */
  readonly file: string;
}

/**
 * The piece of a plugin with functions that are checked each time they are called: what they throw, and what they give that the interface
 * does not allow, becomes `PRUNEFRONT_PLUGIN` with the piece's name. A typed error that it throws stays what it is.
 * @param file - path of the plugin
 */
export function checkedPiece<Whole extends Piece>(kind: keyof Plugin, piece: Whole, file: string): Whole {
  return withParts(piece, CONTRACTS[kind], { piece: `${REGISTRIES[kind].kind} ${piece.name}`, file });
}

/** What inherits all of an object but its functions of these names. */
function withParts<Whole extends object>(whole: Whole, parts: Parts, origin: Origin): Whole {
  const own = whole as Readonly<Record<string, unknown>>;
  const checked = Object.entries(parts).flatMap(([name, part]) => {
    const run = own[name];
    return typeof run === 'function' ? [[name, { value: checkedRun(whole, run as Run, name, part, origin) }]] : [];
  });
  return Object.create(whole, Object.fromEntries(checked) as PropertyDescriptorMap) as Whole;
}

/** Checked functions that pieces share, by what they check. */
const shared = new WeakMap<Run, Run>();

function checkedRun(whole: object, run: Run, name: string, part: Part, origin: Origin): Run {
  const known = part.shared === true ? shared.get(run) : undefined;
  if (known !== undefined) return known;
  const checked: Run = (...args) => {
    const { check, lent, gives } = part;
    const lentThrew = new Set<unknown>();
    const fail = (error: unknown): never => {
      if (error instanceof PrunefrontError || lentThrew.has(error)) throw error;
      const found = error instanceof Error ? error.message : String(error);
      throw pluginError(`fails in ${name}`, origin, args, { found }, error);
    };
    const judge = (given: unknown): unknown => {
      const fault = check?.(given, args) ?? null;
      if (fault !== null) throw pluginError(`gives what it may not in ${name}`, origin, args, fault);
      return gives === undefined ? given : withParts(given as object, gives, origin);
    };
    let given: unknown;
    try {
      given = run.apply(whole, lent === undefined ? args : args.with(lent, remembering(args[lent], lentThrew)));
    } catch (error) {
      return fail(error);
    }
    return given instanceof Promise ? given.then(judge, fail) : judge(given);
  };
  if (part.shared === true) shared.set(run, checked);
  return checked;
}

/** An object of functions that remembers what they throw: a stage that is taken back ends through them. */
function remembering(lent: unknown, threw: Set<unknown>): unknown {
  const remember = (error: unknown): never => {
    threw.add(error);
    throw error;
  };
  return new Proxy(lent as object, {
    get(target, key) {
      const own: unknown = Reflect.get(target, key);
      if (typeof own !== 'function') return own;
      return (...args: unknown[]) => {
        try {
          const given = (own as Run).apply(target, args);
          return given instanceof Promise ? given.catch(remember) : given;
        } catch (error) {
          return remember(error);
        }
      };
    },
  });
}

function pluginError(
  what: string,
  { piece, file }: Origin,
  [about]: readonly unknown[],
  facts: { readonly found: string; readonly allowed?: string },
  cause?: unknown,
): PrunefrontError {
  const { layer } = (typeof about === 'object' && about !== null ? about : {}) as { readonly layer?: unknown };
  const isOfLayer = typeof layer === 'string';
  const message = `The ${piece} ${what}${isOfLayer ? ` of layer ${layer}` : ''}`;
  const place = isOfLayer ? `${piece}, layer ${layer}` : piece;
  return new PrunefrontError('PRUNEFRONT_PLUGIN', message, { place, ...facts, hint: `mend ${file}` }, { cause });
}
