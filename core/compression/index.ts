import { Registry } from '../registry/index.js';
import { clusterPiece } from './clustering/cluster-piece.js';
import type { Compression } from './compression.js';
import { factorizePiece } from './factorization/factorize-piece.js';
import { quantizePiece } from './quantization/quantize-piece.js';

/** Every compression by its name in specs. The container is a room of its own, because it needs Node. */
export const COMPRESSIONS = new Registry<Compression>('compression', [quantizePiece, clusterPiece, factorizePiece]);

export { type CompressionContext, compress } from './compression.js';
export { compressedGradient, recompressed, withCompressedWeights } from './fine-tuning.js';
export { type CompressedModel, type Encoding, uncompressed } from './model.js';
export type { ActivationGrid } from './quantization/fake-quantization.js';
export { type Calibration, createObserver, requireRange } from './quantization/observers.js';
