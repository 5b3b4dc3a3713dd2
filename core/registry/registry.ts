import { PrunefrontError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { Piece } from './piece.js';

/** The pieces of one kind by name, in the order of their registration. */
export class Registry<Kind extends Piece> {
  private readonly pieces = new Map<string, Kind>();

  /**
   * @param kind - what its pieces are, for people: `criterion`
   */
  constructor(
    readonly kind: string,
    builtIn: readonly Kind[],
  ) {
    for (const piece of builtIn) this.register(piece);
  }

  /**
   * Adds a piece; what is there already stays what it is.
   * @throws PrunefrontError `PRUNEFRONT_PLUGIN` where the name is taken
   */
  register(piece: Kind): void {
    if (this.pieces.has(piece.name)) {
      throw new PrunefrontError('PRUNEFRONT_PLUGIN', `There is a ${this.kind} of this name already`, {
        place: this.kind,
        found: piece.name,
        allowed: 'a name of its own',
      });
    }
    this.pieces.set(piece.name, piece);
  }

  /** Every piece. */
  all(): Kind[] {
    return [...this.pieces.values()];
  }

  /** Every name. */
  names(): string[] {
    return [...this.pieces.keys()];
  }

  /**
   * The piece of a name.
   * @throws PrunefrontError `PRUNEFRONT_UNKNOWN_PIECE` with the nearest right spelling
   */
  get(name: string): Kind {
    const piece = this.pieces.get(name);
    if (piece !== undefined) return piece;
    const near = nearest(name, this.names());
    throw new PrunefrontError('PRUNEFRONT_UNKNOWN_PIECE', `There is no such ${this.kind}`, {
      found: name,
      allowed: this.names().join(', '),
      ...(near === null ? {} : { hint: `did you mean ${near}?` }),
    });
  }
}
