/**
 * Heights of labels that lie at least `gap` apart, in their order, each as near as its neighbours let it to where it belongs.
 * @param wanted - where each belongs
 */
export function labelPlaces(wanted: readonly number[], gap: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  // Labels that touch move as one block around the mean of where they belong.
  const blocks: { start: number; labels: number[] }[] = [];
  for (const label of order) {
    let block = { start: wanted[label] ?? 0, labels: [label] };
    for (let before = blocks.at(-1); before !== undefined; before = blocks.at(-1)) {
      if (before.start + before.labels.length * gap <= block.start) break;
      blocks.pop();
      const labels = [...before.labels, ...block.labels];
      const starts = labels.map((own, i) => (wanted[own] ?? 0) - i * gap);
      block = { start: starts.reduce((sum, start) => sum + start, 0) / labels.length, labels };
    }
    blocks.push(block);
  }
  const places = new Array<number>(wanted.length).fill(0);
  for (const { start, labels } of blocks) {
    labels.forEach((label, i) => {
      places[label] = start + i * gap;
    });
  }
  return places;
}
