import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { goTo } from '../router.js';
import { nextTheme } from '../theme.js';

/** A key and what it does, as the list of keys shows it. */
interface Shortcut {
  readonly key: string;
  readonly text: string;
  act(): void;
}

const EVERYWHERE: readonly Shortcut[] = [
  { key: '1', text: 'Sweeps', act: () => goTo(['sweeps']) },
  { key: '2', text: 'Nodes', act: () => goTo(['nodes']) },
  { key: '3', text: 'Nights', act: () => goTo(['nights']) },
  { key: 't', text: 'Light, dark, or as the device has it', act: nextTheme },
  { key: '?', text: 'These keys', act: () => showShortcuts() },
];

const ofPlace = signal<readonly Shortcut[]>([]);
const shown = signal(false);

/** Shows the list of keys. */
export function showShortcuts(): void {
  shown.value = true;
}

/** Keys of the page that is shown, while it is. */
export function usePlaceShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    ofPlace.value = shortcuts;
    return () => {
      ofPlace.value = [];
    };
  });
}

/** Acts on keys, but not while the reader writes or answers a question. */
export function listenForShortcuts(): () => void {
  const act = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null) return;
    if (event.target instanceof Element && event.target.closest('input, select, textarea') !== null) return;
    const found = [...ofPlace.peek(), ...EVERYWHERE].find(({ key }) => key === event.key);
    if (found === undefined) return;
    event.preventDefault();
    found.act();
  };
  addEventListener('keydown', act);
  return () => removeEventListener('keydown', act);
}

/** The list of keys. */
export function ShortcutsDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = shown.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={dialog}
      aria-labelledby="keys-title"
      onClose={() => {
        shown.value = false;
      }}
    >
      <h2 id="keys-title">Keyboard</h2>
      <dl class="keys">
        {[...ofPlace.value, ...EVERYWHERE].map(({ key, text }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>Close</dd>
        </div>
      </dl>
      <div class="actions end">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
