import { COMPRESSIONS } from '../../core/compression/index.js';
import type { Choice, Settings } from '../../core/registry/index.js';
import type { OperationOf } from '../../core/sweep/stage.js';
import { TRAINING } from './tiny-sweep.js';

/** A compression with all of its defaults but some, without training but as it is told otherwise. */
export function compressing(
  name: string,
  settings: Settings = {},
  training = { ...TRAINING, epochs: 0 },
): OperationOf<'compress'> {
  const defaults = Object.entries(COMPRESSIONS.get(name).settings).map(([key, setting]) => [key, setting.default]);
  const piece: Choice = { [name]: { ...Object.fromEntries(defaults), ...settings } };
  return { kind: 'compress', piece, training };
}
