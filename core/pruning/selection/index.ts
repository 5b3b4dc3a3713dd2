export { GONE, withoutGone } from './gone.js';
export { isCompared, ruleOf, rulesOnTheWay } from './layer-rules.js';
export { type Least, leastReachable, requireReachable, type UnscoredLayer } from './reachable.js';
export { type Selection, selectAtoms } from './select-atoms.js';
export type { Costs, Count, Target } from './target.js';
