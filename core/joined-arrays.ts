/** Copies of arrays, one behind the other. */
export function joinedArrays<Values extends Int32Array | Float32Array>(
  type: new (length: number) => Values,
  parts: readonly Values[],
): Values {
  const all = new type(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
