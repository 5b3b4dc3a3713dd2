import { fileURLToPath } from 'node:url';
import { type ErrorData, toErrorData } from '../../../core/errors.js';
import { parseSpec } from '../../../core/spec/parse-spec.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';

/** The clone's `examples/`. */
export const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));

/** The shortest spec that is whole. */
export const SHORT = `name: short
model: { zoo: mnistCnn }
dataset: mnist
baseline: { epochs: 2, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: 0.8
  schedule: oneShot
  recovery: { epochs: 1, learningRate: 0.0005 }
`;

/** Parses a text as `sweep.yaml`. */
export function parse(text: string, baseFolder = EXAMPLES): Promise<SweepSpec> {
  return parseSpec({ text, fileName: 'sweep.yaml', baseFolder, within: null });
}

/** The error that a text is refused with. */
export async function refusal(text: string, baseFolder = EXAMPLES): Promise<ErrorData> {
  try {
    await parse(text, baseFolder);
  } catch (error) {
    return toErrorData(error);
  }
  throw new Error(`the spec was taken:\n${text}`);
}

/** The short spec with a part of its text replaced. */
export function change(part: string, by: string, text = SHORT): string {
  if (!text.includes(part)) throw new Error(`no ${part} in the text`);
  return text.replace(part, by);
}

/** The short spec with other sparsities. */
export const sparsity = (written: string): string => change('0.8', written);

/** The short spec, or another one, with another schedule. */
export const schedule = (written: string, text = SHORT): string => change('oneShot', written, text);

/** The short spec with another recovery. */
export const recovery = (written: string): string => change('{ epochs: 1, learningRate: 0.0005 }', written);
