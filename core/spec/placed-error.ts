import { PrunefrontError } from '../errors.js';
import { readYaml } from './yaml-source.js';

/** Sections of a spec that what is found later than its text can be told of. */
const SECTION = /^(dataset|split|model)(\.\w+)*$/;

/**
 * What is wrong with the data of a spec, or with its model for these, at the line of the spec. A place that is no key of the spec, such as a
 * line of a data file, stays.
 */
export function placedError(
  error: PrunefrontError,
  { text, fileName }: { readonly text: string; readonly fileName: string },
): PrunefrontError {
  const { code, message, facts, cause } = error;
  if (facts.place === undefined || !SECTION.test(facts.place)) return error;
  const place = readYaml(text, fileName).place(facts.place.split('.'));
  return new PrunefrontError(code, message, { ...facts, place }, cause === undefined ? {} : { cause });
}
