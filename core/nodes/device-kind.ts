/** Words of a driver's name that say nothing of what the chip can do: vendor, family, form factor, and kind of memory. */
const IDLE_WORD = /^(nvidia|tesla|geforce|quadro|graphics|device|gpu|pcie?|sxm\d*|nvl|hbm\d*e?|\d+gb)$/;

/** Kind of a GPU in the name of its task queue, from what its driver calls it: `nvidia-h100` for `NVIDIA H100 80GB HBM3`. */
export function deviceKindOf(name: string): string {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !IDLE_WORD.test(word));
  return ['nvidia', ...(words.length === 0 ? ['gpu'] : words)].join('-');
}
