import { Registry } from '../../registry/index.js';
import type { MetricPiece } from './metric-piece.js';

/** Metrics of plugins. Those of the tasks are what a judge of the task gives by itself. */
export const OWN_METRICS = new Registry<MetricPiece>('metric', []);

export type { MetricPiece } from './metric-piece.js';
