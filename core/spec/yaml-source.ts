import { isAlias, isCollection, isMap, isScalar, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml';
import { PrunefrontError } from '../errors.js';

/** A path into a spec: keys of maps, positions in lists. */
export type SpecPath = readonly PropertyKey[];

/** Where a problem is shown: at the value of a path, or at its key. */
export type At = 'value' | 'key';

/** A parsed YAML text that knows where everything stands. */
export interface YamlSource {
  /** The content as plain data. */
  readonly data: unknown;
  /** `sweep.yaml:12:5 space.sparsity.to`; of what is not there, the map that lacks it. */
  place(path: SpecPath, at?: At): string;
  /** The value as the user wrote it, shortened; null where there is none. */
  written(path: SpecPath): string | null;
}

/**
 * Parses a YAML text.
 * @throws PrunefrontError `PRUNEFRONT_SPEC_SYNTAX`
 */
export function readYaml(text: string, fileName: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const position = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${fileName}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    throw new PrunefrontError(
      'PRUNEFRONT_SPEC_SYNTAX',
      `The spec is not valid YAML: ${error.message.split('\n', 1)[0] ?? ''}`,
      {
        place: position(error.pos[0]),
        ...lineOf(text, error.pos[0]),
      },
    );
  }
  const root = document.contents;
  const offsetOf = (path: SpecPath, at: At): number => {
    const steps = walk(document, root, path);
    const last = steps.at(-1);
    const reached = steps.length === path.length;
    if (last === undefined) return root?.range?.[0] ?? 0;
    return (reached && at === 'value' ? (last.value?.range?.[0] ?? last.keyOffset) : last.keyOffset) ?? 0;
  };
  return {
    data: toData(() => document.toJS({ maxAliasCount: 100 }), position(0)),
    place: (path, at = 'value') => `${position(offsetOf(path, at))}${path.length === 0 ? '' : ` ${formatPath(path)}`}`,
    written(path) {
      const steps = walk(document, root, path);
      if (steps.length < path.length) return null;
      const node = path.length === 0 ? root : (steps.at(-1)?.value ?? null);
      return node === null ? 'nothing' : describe(node, text);
    },
  };
}

/** `space.method[0].scope` */
export function formatPath(path: SpecPath): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

interface Step {
  readonly keyOffset: number | undefined;
  readonly value: Node | null;
}

/** The nodes along a path, as far as it goes. */
function walk(document: ReturnType<typeof parseDocument>, root: ParsedNode | null, path: SpecPath): Step[] {
  const steps: Step[] = [];
  let node: Node | null = root;
  for (const part of path) {
    const here: Node | null | undefined = isAlias(node) ? node.resolve(document) : node;
    if (!isCollection(here)) break;
    if (isMap(here)) {
      const pair = here.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(part));
      if (pair === undefined) break;
      const value = pair.value as Node | null;
      steps.push({ keyOffset: (pair.key as Node).range?.[0], value });
      node = value;
    } else {
      const item = here.items[Number(part)] as Node | undefined;
      if (item === undefined) break;
      steps.push({ keyOffset: item.range?.[0], value: item });
      node = item;
    }
  }
  return steps;
}

const LONGEST = 60;

function describe(node: Node, text: string): string {
  const [start, end] = node.range ?? [0, 0];
  const written = text.slice(start, end).trim();
  if (written === '') return 'nothing';
  const oneLine = written.replace(/\s+/g, ' ');
  return oneLine.length <= LONGEST ? oneLine : `${oneLine.slice(0, LONGEST - 1)}…`;
}

function lineOf(text: string, offset: number): { found?: string } {
  const line =
    text
      .slice(text.lastIndexOf('\n', offset - 1) + 1)
      .split('\n', 1)[0]
      ?.trim() ?? '';
  return line === '' ? {} : { found: line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…` };
}

function toData(convert: () => unknown, place: string): unknown {
  try {
    return convert();
  } catch (error) {
    // Aliases that multiply, or that name no anchor.
    const message = error instanceof Error ? error.message : String(error);
    throw new PrunefrontError(
      'PRUNEFRONT_SPEC_SYNTAX',
      `The spec is not valid YAML: ${message}`,
      { place },
      { cause: error },
    );
  }
}
