import { useSignal } from '@preact/signals';
import { asksForToken, keepToken, token } from '../api/session.js';

/** Asks for the token that the gateway wants. */
export function LoginPage() {
  const text = useSignal('');
  return (
    <section class="login">
      <h1>Token</h1>
      <p class="help">
        {token.value === null
          ? 'This gateway answers those who have a token. An administrator makes one with `prunefront token create`.'
          : 'The gateway does not know this token, or it has expired or was revoked.'}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          asksForToken.value = false;
          keepToken(text.value.trim());
        }}
      >
        <label>
          Your token
          <input
            type="password"
            autocomplete="off"
            required
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="primary">
          Continue
        </button>
      </form>
      <p class="help">It is kept in this tab and forgotten when you close it.</p>
    </section>
  );
}
