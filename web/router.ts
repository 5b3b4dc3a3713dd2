import { computed, signal } from '@preact/signals';

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

/** Where the reader is: the parts of the path, and what is chosen there. */
export const route = computed(() => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter((part) => part !== '');
  return { parts: parts.map(decodeURIComponent), query: new URLSearchParams(query) };
});

/** Address of a place on this page. */
export function href(parts: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

/** Goes to a place. */
export function goTo(parts: readonly string[]): void {
  location.hash = href(parts);
}

/** Changes what is chosen at this place, without a step in the browser's history; null takes it away. */
export function choose(changes: Readonly<Record<string, string | null>>): void {
  const { parts, query } = route.value;
  const next = new URLSearchParams(query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  history.replaceState(null, '', href(parts, Object.fromEntries(next)));
  hash.value = location.hash;
}
