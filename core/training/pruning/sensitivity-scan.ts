import { pruningGroups, removalOf } from '../../models/groups.js';
import type { NamedTensor } from '../../models/named-tensor.js';
import { maskRemoved, planRemoval } from '../../models/surgery.js';
import { keptCount } from '../../pruning/kept-count.js';
import { SCOPES } from '../../pruning/scopes/index.js';
import type { LayerSensitivity } from '../../sweep/observation.js';
import type { Method } from '../../sweep/spec.js';
import type { TrainingSession } from '../training-session.js';
