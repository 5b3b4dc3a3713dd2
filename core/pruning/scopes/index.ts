import { Registry } from '../../registry/index.js';
import { erk } from './erk.js';
import { global } from './global.js';
import { lamp } from './lamp.js';
import { layer } from './layer.js';
import type { Scope } from './scope.js';
import { sensitivity } from './sensitivity.js';

/** Every scope. */
export const SCOPES = new Registry<Scope>('scope', [layer, global, erk, lamp, sensitivity]);

export type { ComparedLayer, Scope } from './scope.js';
