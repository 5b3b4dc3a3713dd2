import type { Piece, Settings } from '../registry/index.js';
import type { TaskName } from '../sweep/task.js';
import type { Dataset } from './dataset.js';

/** What reads a data set. Files among its settings come as absolute paths. */
export interface Reader extends Piece {
  /** A classification needs labels, a regression targets; a reconstruction has no use for either. */
  readonly read: (settings: Settings, task: TaskName) => Promise<Dataset>;
}
