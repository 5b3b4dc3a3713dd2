import { PrunefrontError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { Piece } from './piece.js';

/** The pieces of one kind by name, in the order of their registration. */
export class Registry<Kind extends Piece = Piece> {
  private readonly pieces = new Map<string, Kind>();
  private readonly origins = new Map<string, string>();

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
   * Adds a piece.
   * @param origin - SHA-256, hex, of the plugin that it comes from; a built-in one has none
   * @throws PrunefrontError `PRUNEFRONT_PLUGIN` where the name is taken
   */
  register(piece: Kind, origin?: string): void {
    this.requireFree(piece.name);
    this.pieces.set(piece.name, piece);
    if (origin !== undefined) this.origins.set(piece.name, origin);
  }

  /**
   * Does nothing where no piece has the name.
   * @throws PrunefrontError `PRUNEFRONT_PLUGIN` where one has
   */
  requireFree(name: string): void {
    if (!this.pieces.has(name)) return;
    throw new PrunefrontError('PRUNEFRONT_PLUGIN', `There is a ${this.kind} of this name already`, {
      place: this.kind,
      found: name,
      allowed: 'a name of its own',
    });
  }

  /** Every piece. */
  all(): Kind[] {
    return [...this.pieces.values()];
  }

  /** Every name. */
  names(): string[] {
    return [...this.pieces.keys()];
  }

  /** SHA-256 of the plugin that a piece comes from; null for a built-in one. */
  originOf(name: string): string | null {
    return this.origins.get(name) ?? null;
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
