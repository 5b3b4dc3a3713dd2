import { useEffect } from 'preact/hooks';
import { untilDone } from './api/again.js';
import { get } from './api/gateway.js';
import { asksForToken, keepToken, type Me, me, token } from './api/session.js';
import { LoginPage } from './pages/login.js';
import { NightsPage } from './pages/nights.js';
import { NodesPage } from './pages/nodes.js';
import { SweepPage } from './pages/sweep.js';
import { SweepsPage } from './pages/sweeps.js';
import { AskDialog } from './parts/ask.js';
import { Notices } from './parts/notice.js';
import { listenForShortcuts, ShortcutsDialog, showShortcuts } from './parts/shortcuts.js';
import { href, route } from './router.js';
import { nextTheme, theme } from './theme.js';

const PLACES = [
  ['sweeps', 'Sweeps'],
  ['nodes', 'Nodes'],
  ['nights', 'Nights'],
] as const;

/** The page: its head, where the reader is, and what goes on. */
export function App() {
  const { parts } = route.value;
  const [place = 'sweeps', name] = parts;
  const bearer = token.value;
  useEffect(() => listenForShortcuts(), []);
  useEffect(() => {
    const gone = new AbortController();
    const learn = async (): Promise<void> => {
      me.value = await get<Me>('me');
      asksForToken.value = false;
    };
    void untilDone(learn, gone.signal).catch(() => undefined);
    return () => gone.abort();
  }, [bearer]);
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <Head place={place} />
      <Notices />
      <main id="content" tabIndex={-1}>
        {asksForToken.value ? <LoginPage /> : <Place place={place} name={name} />}
      </main>
      <AskDialog />
      <ShortcutsDialog />
    </>
  );
}

function Place({ place, name }: { readonly place: string; readonly name: string | undefined }) {
  if (place === 'sweeps') return name === undefined ? <SweepsPage /> : <SweepPage key={name} sweepId={name} />;
  if (place === 'nodes') return <NodesPage />;
  if (place === 'nights') return <NightsPage />;
  return (
    <section>
      <h1>Nothing here</h1>
      <p>
        <a href={href(['sweeps'])}>All sweeps</a>
      </p>
    </section>
  );
}

function Head({ place }: { readonly place: string }) {
  return (
    <header class="head">
      <a class="brand" href={href(['sweeps'])}>
        <Mark />
        Prunefront
      </a>
      <nav aria-label="Pages">
        {PLACES.map(([key, label]) => (
          <a key={key} href={href([key])} aria-current={key === place ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <div class="reader">
        {me.value !== null && (
          <span class="who" title={`Prunefront ${me.value.version}`}>
            {me.value.name} <span class="soft">{me.value.role}</span>
          </span>
        )}
        {token.value !== null && (
          <button type="button" class="plain" onClick={leave}>
            Leave
          </button>
        )}
        <button type="button" class="plain" onClick={nextTheme} title="Colours: light, dark, or as the device has it">
          {{ system: 'Auto', light: 'Light', dark: 'Dark' }[theme.value]}
          <span class="hidden"> colours</span>
        </button>
        <button type="button" class="plain" onClick={showShortcuts} title="Keyboard">
          ?<span class="hidden"> keyboard shortcuts</span>
        </button>
      </div>
    </header>
  );
}

/** The front, as stairs. */
function Mark() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d="M3 17V12H8V7H13V3H17" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
    </svg>
  );
}

/** No link, for a hash names a place of this page's own. */
function skip(): void {
  document.getElementById('content')?.focus();
}

function leave(): void {
  me.value = null;
  keepToken(null);
}
