import type { Piece } from '../../registry/index.js';

/** A model that specs can name: what is trained begins with weights of its initializers. */
export interface ModelPiece extends Piece {
  /** Its Keras config: `{ class_name, config }`, a `model_config`, or what `model.json` of tfjs has as `modelTopology`. */
  readonly keras: object;
}
