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
  const nameable = pieces.filter(({ settings }) => !Object.values(settings).some(isRequired));
  const alone = z
    .enum(nameable.map(({ name }) => name) as [string, ...string[]])
    .transform((name): Choice => filled(registry.get(name), {}))
    .meta({ pieces: true, description: nameable.map(({ name, summary }) => `\`${name}\`: ${summary}`).join(' ') });
  const told = pieces.flatMap((piece) => {
    if (Object.keys(piece.settings).length === 0) return [];
    const form = z.strictObject({ [piece.name]: describedSettings(piece) });
    return [form.transform((given): Choice => filled(piece, (given[piece.name] ?? {}) as Settings))];
  });
  return z.union([...(nameable.length === 0 ? [] : [alone]), ...told]) as z.ZodType<Choice, unknown>;
}

function filled(piece: Piece, given: Settings): Choice {
  if (Object.keys(piece.settings).length === 0) return piece.name;
  return { [piece.name]: { ...defaultsOf(piece), ...given } };
}

/** Whether a setting has no default and may not be left out. */
function isRequired(setting: Setting): boolean {
  return (setting.kind === 'text' || setting.kind === 'file') && setting.optional !== true;
}

/** The schema of a piece's settings alone, with what it is. */
export function describedSettings({ settings, summary, source }: Piece) {
  const schemas = Object.entries(settings).map(([name, setting]) => {
    const { description } = setting;
    return [name, writtenSchema(setting).meta({ description })];
  });
  return z.strictObject(Object.fromEntries(schemas)).meta({ description: `${summary} (${source})` });
}

/** The schema of a setting that may be left out where it has a default or is optional. */
function writtenSchema(setting: Setting): z.ZodType {
  const schema = settingSchema(setting);
  if (setting.default !== undefined) return schema.default(setting.default as never);
  return isRequired(setting) ? schema : schema.exactOptional();
}

function settingSchema(setting: Setting): z.ZodType {
  switch (setting.kind) {
    case 'switch':
      return z.boolean();
    case 'text':
    case 'file':
      return z.string().min(1);
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
