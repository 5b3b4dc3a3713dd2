import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml, stringify } from 'yaml';
import { PrunefrontError } from '../../../core/errors.js';
import { parse, SHORT } from './parse.js';

const WHOLE = `${SHORT.replace('oneShot', '[oneShot, { iterative: { rounds: 2, rewind: none } }]')}split: { validation: 0.2 }
objectives: [{ maximize: accuracy }]
constraints: [{ accuracyDrop: { atMost: 0.1 } }, { macs: { atMost: 5 } }]
select: { best: macs }
budget: { candidates: 3, wallClock: 5m }
search: { algorithm: random }
`;

type Path = readonly (string | number)[];

/** Every path of a value. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...inner.flatMap(([key, each]) => pathsOf(each, [...path, key]))];
}

/** The value with another one at a path; undefined takes it away. */
function changed(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((each: unknown, i) => (i === key ? changed(each, rest, by) : each));
  return { ...(value as object), [key]: changed((value as Record<string, unknown>)[key], rest, by) };
}

/** Either a spec or an error for people: never anything else. */
async function isToldWell(text: string): Promise<void> {
  try {
    await parse(text);
  } catch (error) {
    if (!(error instanceof PrunefrontError)) throw error;
    expect(error.code).toMatch(/^PRUNEFRONT_(SPEC|MODEL|DATA)_/);
    expect(error.facts.place).toMatch(/^sweep\.yaml:\d+:\d+( |$)/);
    expect(`${error.message} ${error.facts.found ?? ''} ${error.facts.allowed ?? ''}`).not.toMatch(
      /undefined|\[object [A-Z]/,
    );
    const [, line, column] = /^sweep\.yaml:(\d+):(\d+)/.exec(error.facts.place ?? '') ?? [];
    const lines = text.split('\n');
    expect(Number(line)).toBeLessThanOrEqual(lines.length);
    expect(Number(column)).toBeLessThanOrEqual((lines[Number(line) - 1] ?? '').length + 1);
  }
}

describe('any text', () => {
  const whole: unknown = parseYaml(WHOLE);
  const values = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      undefined,
      '',
      [],
      {},
      0,
      -1,
      1,
      1.5,
      1e300,
      Number.NaN,
      true,
      'oneShot',
      [[]],
      [null],
      { epoch: 9 },
      { a: 1 },
    ),
    fc.jsonValue(),
  );

  it('given a spec with any one value changed to anything, then it is taken or refused with its place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pathsOf(whole)), values, (path, by) =>
        isToldWell(stringify(changed(whole, path, by)) ?? ''),
      ),
      { numRuns: 1500 },
    );
  });

  it('given a spec with any keys added, then it is taken or refused with its place', async () => {
    const maps = pathsOf(whole).filter((path) => path.length < 3);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...maps), fc.string(), values, (path, key, by) =>
        isToldWell(stringify(changed(whole, [...path, key], by)) ?? ''),
      ),
      { numRuns: 300 },
    );
  });

  it('given a spec cut off or with characters exchanged anywhere, then it is taken or refused with its place', async () => {
    const place = fc.integer({ min: 0, max: WHOLE.length });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 0, max: 5 }), fc.string(), (at, length, by) =>
        isToldWell(`${WHOLE.slice(0, at)}${by}${WHOLE.slice(at + length)}`),
      ),
      { numRuns: 500 },
    );
    await fc.assert(
      fc.asyncProperty(place, (at) => isToldWell(WHOLE.slice(0, at))),
      { numRuns: 100 },
    );
    await fc.assert(fc.asyncProperty(fc.string(), isToldWell), { numRuns: 300 });
  });
});
