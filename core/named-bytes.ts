/** A file with its bytes. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}
