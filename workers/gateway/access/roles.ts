/** What a caller may do; each role may do what the one before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
/** One of them. */
export type Role = (typeof ROLES)[number];

/** Who calls. */
export interface Principal {
  /** Name of the token or certificate, or `local` where the gateway asks for none. */
  readonly name: string;
  readonly role: Role;
}

/** The caller of a gateway without credentials, which listens on loopback only. */
export const LOCAL: Principal = { name: 'local', role: 'admin' };

/** Whether a role may do what another one is needed for. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
