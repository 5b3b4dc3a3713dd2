import type { Setting } from '../registry/index.js';
import { REGISTRIES } from './plugin.js';

/** A registered piece as lists show it. */
export interface RegisteredPiece {
  /** What it is: `criterion`. */
  readonly kind: string;
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly settings: Readonly<Record<string, Setting>>;
  /** Of a metric that says it: which direction is the better one. */
  readonly better?: 'more' | 'less';
  /** SHA-256 of the plugin that it comes from; null for a built-in one. */
  readonly plugin: string | null;
}

/** All pieces that specs can name, kind by kind. */
export function registeredPieces(): RegisteredPiece[] {
  return Object.values(REGISTRIES).flatMap((registry) =>
    registry.all().map((piece) => ({
      ...{ kind: registry.kind, name: piece.name, summary: piece.summary, source: piece.source },
      settings: piece.settings,
      ...('better' in piece && piece.better !== undefined ? { better: piece.better } : {}),
      plugin: registry.originOf(piece.name),
    })),
  );
}
