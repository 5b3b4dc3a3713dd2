export { nightlyWorkflow } from './nightly.js';
export { sweepWorkflow } from './sweep.js';
