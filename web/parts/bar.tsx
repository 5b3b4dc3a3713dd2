/** How much of a whole is done or in use, 0 to 1. */
export function Bar({ part, label, tone }: { readonly part: number; readonly label: string; readonly tone?: string }) {
  const width = 100 * Math.min(1, Math.max(0, part));
  return (
    <svg class={`bar ${tone ?? ''}`} viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="whole" width="100" height="4" />
      <rect class="part" width={width} height="4" />
    </svg>
  );
}
