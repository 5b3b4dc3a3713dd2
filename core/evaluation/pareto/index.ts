export { crowdingDistances } from './crowding.js';
export { dominates, objectiveMetric, objectivePoint } from './dominance.js';
export { frontOf } from './front.js';
export { frontHypervolume } from './front-hypervolume.js';
export { hypervolume } from './hypervolume.js';
export { paretoRanks } from './ranks.js';
export { selectCandidate } from './select.js';
export { violations } from './violations.js';
