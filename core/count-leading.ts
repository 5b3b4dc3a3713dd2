/**
 * How many entries at the beginning of a list fulfil a condition that none after them does; looks at O(log n) of them.
 * @param list - such that the entries that fulfil it come first, as the lower ones of an ascending list do
 */
export function countLeading(list: ArrayLike<number>, holds: (value: number) => boolean): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (holds(list[middle] ?? 0)) from = middle + 1;
    else to = middle;
  }
  return from;
}
