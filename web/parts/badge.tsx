/** How a state looks. */
const LOOKS: Readonly<Record<string, string>> = {
  done: 'front',
  ready: 'front',
  published: 'front',
  searching: 'dense',
  baseline: 'dense',
  preparing: 'dense',
  scoring: 'dense',
  publishing: 'dense',
  running: 'dense',
  busy: 'dense',
  dense: 'dense',
  front: 'front',
  selected: 'selected',
  paused: 'selected',
  draining: 'selected',
  drained: 'selected',
  stopping: 'selected',
  failed: 'failed',
  lost: 'failed',
};

/** A state in a word. */
export function Badge({ of, text }: { readonly of: string; readonly text?: string }) {
  return <span class={`badge ${LOOKS[of] ?? ''}`}>{text ?? of}</span>;
}
