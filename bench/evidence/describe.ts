/** `95 %` of 0.95. */
export function describeSparsity(sparsity: number): string {
  return `${Number((sparsity * 100).toFixed(1))} %`;
}

/** `95.2` of 0.952: percent without their sign. */
export function percent(fraction: number, digits = 1): string {
  return (fraction * 100).toFixed(digits);
}

/** `+0.52`, `−0.10`: points of accuracy with a sign. */
export function points(fraction: number): string {
  const text = (Math.abs(fraction) * 100).toFixed(2);
  return `${fraction < 0 && text !== '0.00' ? '−' : '+'}${text}`;
}
