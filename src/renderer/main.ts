import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import type { Settings } from '../contract/settings.ts';
import type { StudioClient } from '../contract/studio.ts';
import App from './App.svelte';
import { ask } from './link/calls.ts';
import { connectStudio, type ConnectionState } from './link/connection.ts';
import { findShell, pictureUrls } from './link/shell.ts';
import { parseSaved } from './state/saved-view.ts';
import { ProgramSettings } from './state/settings.svelte.ts';
import { showTheme } from './state/theme.ts';
import { View } from './state/view.svelte.ts';

/** Where the window keeps how it is seen, so that it looks right before the studio answers. */
const STORAGE_KEY = 'view';
/** A window whose studio does not answer by then is shown as it remembers itself. */
const WAIT_FOR_SETTINGS_MS = 2000;

/** The settings as the studio keeps them; null when it does not tell in time. `kept` is what this window remembers itself. */
const firstSettings = async (client: StudioClient, kept: string | null): Promise<Settings | null> => {
  const waiting = AbortSignal.timeout(WAIT_FOR_SETTINGS_MS);
  try {
    return await ask(async (signal) => {
      const told = await client.settings.change({}, { signal });
      const isNew = Object.keys(told.window).length === 0;
      return isNew && kept !== null ? client.settings.adopt({ older: kept }, { signal }) : told;
    }, waiting);
  } catch {
    // The window tells by itself that its studio is away, or refuses.
    return null;
  }
};

const start = async (): Promise<void> => {
  const target = document.getElementById('window');
  if (target === null) throw new Error('The page has no place for the window.');
  const kept = localStorage.getItem(STORAGE_KEY);
  showTheme(parseSaved(kept).theme);
  const shell = findShell(window);
  const connection: { state: ConnectionState; tell: (state: ConnectionState) => void } = {
    state: 'connecting',
    tell: () => undefined,
  };
  const client = connectStudio(window, shell, (state) => {
    connection.state = state;
    connection.tell(state);
  });
  const first = await firstSettings(client, kept);
  const ending = new AbortController();
  const settings = new ProgramSettings(client, {
    first,
    signal: ending.signal,
    themed: (theme) => {
      view.theme = theme;
    },
  });
  const saved = parseSaved(first === null ? kept : JSON.stringify(first.window));
  const view = new View(saved, (now) => {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(now));
    settings.keepWindow(now);
  });
  window.addEventListener('pagehide', () => {
    settings.keepNow();
  });
  mount(App, {
    target,
    props: {
      parts: { client, shell, view, settings, pictureUrl: pictureUrls(shell) },
      onconnection: (listener: typeof connection.tell) => {
        connection.tell = listener;
        listener(connection.state);
      },
    },
  });
};

void start();
