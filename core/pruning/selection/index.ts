export { GONE, withoutGone } from './gone.js';
export { weightsOf } from './kept-atoms.js';
export { isCompared, ruleOf, rulesOnTheWay } from './layer-rules.js';
export { type Least, leastReachable, requireReachable, type UnscoredLayer } from './reachable.js';
export { type Selection, selectAtoms } from './select-atoms.js';
export type { Costs, KeptAtoms, Target } from './target.js';
