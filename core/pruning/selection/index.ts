export { GONE, withoutGone } from './gone.js';
export { weightsOf } from './kept-atoms.js';
export { isCompared, ruleOf, rulesOnTheWay } from './layer-rules.js';
export { reachCheck, type UnscoredLayer } from './reachable.js';
export { selectAtoms } from './select-atoms.js';
export type { Costs, Target } from './target.js';
