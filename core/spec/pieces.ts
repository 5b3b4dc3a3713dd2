import { z } from 'zod';
import { type Choice, defaultsOf, type Piece, type Registry, type Setting, type Settings } from '../registry/index.js';

/**
 * The schema of a choice among registered pieces: a name, or `{ name: settings }`. Its output names a piece that has no settings alone, and
 * has every default of one that has some: however it is written, one choice is one value. It is built when it is first used: plugins are
 * registered by then.
 */
export function pieceChoice(registry: Pick<Registry, 'all' | 'get'>): z.ZodType<Choice, unknown> {
  return z.lazy(() => choiceOf(registry));
}

function choiceOf(registry: Pick<Registry, 'all' | 'get'>): z.ZodType<Choice, unknown> {
  const pieces = registry.all();
  const alone = z
    .enum(pieces.map(({ name }) => name) as [string, ...string[]])
    .transform((name): Choice => filled(registry.get(name), {}))
    .meta({ description: pieces.map(({ name, summary }) => `\`${name}\`: ${summary}`).join(' ') });
  const told = pieces.flatMap((piece) => {
    if (Object.keys(piece.settings).length === 0) return [];
    const inner = settingsSchema(piece).meta({ description: `${piece.summary} (${piece.source})` });
    const form = z.strictObject({ [piece.name]: inner });
    return [form.transform((given): Choice => filled(piece, (given[piece.name] ?? {}) as Settings))];
  });
  return z.union([alone, ...told]) as z.ZodType<Choice, unknown>;
}

function filled(piece: Piece, given: Settings): Choice {
  const settings = { ...defaultsOf(piece), ...given };
  return Object.keys(settings).length === 0 ? piece.name : { [piece.name]: settings };
}

function settingsSchema({ settings }: Piece) {
  return z.strictObject(
    Object.fromEntries(
      Object.entries(settings).map(([name, setting]) => [
        name,
        settingSchema(setting)
          .default(setting.default as never)
          .meta({ description: setting.description }),
      ]),
    ),
  );
}

function settingSchema(setting: Setting): z.ZodType {
  switch (setting.kind) {
    case 'switch':
      return z.boolean();
    case 'choice':
      return z.enum(setting.choices as [string, ...string[]]);
    case 'number': {
      const { minimum, maximum, exclusive, nullable } = setting;
      let number = setting.integer === true ? z.number().int() : z.number();
      if (minimum !== undefined)
        number = exclusive === 'minimum' || exclusive === 'both' ? number.gt(minimum) : number.min(minimum);
      if (maximum !== undefined)
        number = exclusive === 'maximum' || exclusive === 'both' ? number.lt(maximum) : number.max(maximum);
      return nullable === true ? number.nullable() : number;
    }
  }
}
