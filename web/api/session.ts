import { computed, signal } from '@preact/signals';
import type { Role } from '../../workers/gateway/access/roles.js';

/** Who the reader is to the gateway. */
export interface Me {
  readonly name: string;
  readonly role: Role;
  readonly version: string;
}

const KEY = 'prunefront-token';

/** The token that requests carry; kept for this tab alone. */
export const token = signal(sessionStorage.getItem(KEY));
/** Null until the gateway has told. */
export const me = signal<Me | null>(null);
/** Whether the gateway has asked for a token, or for another one. */
export const asksForToken = signal(false);
/** Whether the reader may steer sweeps, nodes and nights. */
export const mayOperate = computed(() => me.value !== null && me.value.role !== 'viewer');

/** Uses a token from now on; null forgets it. */
export function keepToken(text: string | null): void {
  if (text === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, text);
  token.value = text;
}
