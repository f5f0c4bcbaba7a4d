import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { View } from './state/view.svelte.ts';
import { connectStudio } from './link/connection.ts';
import { findShell, pictureUrls } from './link/shell.ts';
import type { ConnectionState } from './link/connection.ts';

const start = (): void => {
  const target = document.getElementById('window');
  if (target === null) throw new Error('The page has no place for the window.');
  const shell = findShell(window);
  const view = new View(localStorage);
  let tell: (state: ConnectionState) => void = () => undefined;
  const client = connectStudio(window, shell, (state) => {
    tell(state);
  });
  mount(App, {
    target,
    props: {
      parts: { client, shell, view, pictureUrl: pictureUrls(shell) },
      onconnection: (listener: typeof tell) => (tell = listener),
    },
  });
};

start();
