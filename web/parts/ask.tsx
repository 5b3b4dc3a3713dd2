import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Refusal } from '../api/gateway.js';

/** Something that is done only after a question. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** Word of the button that does it. */
  readonly yes: string;
  readonly danger?: boolean;
  act(): Promise<unknown>;
}

const asked = signal<Question | null>(null);
/** Why the last thing that was asked for could not be done. */
export const refused = signal<string | null>(null);

/** Asks, and does it where the reader agrees. */
export function ask(question: Question): void {
  refused.value = null;
  asked.value = question;
}

/** Does something that needs no question, and tells where it cannot be done. */
export async function attempt(act: () => Promise<unknown>): Promise<void> {
  refused.value = null;
  try {
    await act();
  } catch (error) {
    const hint = error instanceof Refusal ? error.data.hint : undefined;
    const why = error instanceof Refusal ? error.message : 'The gateway does not answer';
    refused.value = hint === undefined ? why : `${why} (${hint})`;
  }
}

/** The question that is open, if any. */
export function AskDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const question = asked.value;
  useEffect(() => {
    if (question !== null) dialog.current?.showModal();
  }, [question]);
  if (question === null) return null;
  const close = (): void => {
    asked.value = null;
  };
  return (
    <dialog ref={dialog} aria-labelledby="ask-title" onClose={close}>
      <form
        method="dialog"
        onSubmit={() => {
          void attempt(question.act);
        }}
      >
        <h2 id="ask-title">{question.title}</h2>
        <p>{question.text}</p>
        <div class="actions end">
          <button type="button" onClick={() => dialog.current?.close()}>
            Not now
          </button>
          <button type="submit" class={question.danger === true ? 'danger' : 'primary'}>
            {question.yes}
          </button>
        </div>
      </form>
    </dialog>
  );
}
