import { createContext } from 'svelte';

/** What somebody looks for among the settings. */
export type SettingsSearch = {
  readonly words: string;
  /** Counts a setting that is shown, until the function is called that it gives. */
  readonly show: () => () => void;
};

/** True when each word that is looked for begins a word of the texts. */
export const isFound = (looked: string, texts: readonly string[]): boolean => {
  const words = texts
    .join(' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}+?]+/u);
  return looked
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => words.some((known) => known.startsWith(word)));
};

export const [useSearch, provideSearch] = createContext<SettingsSearch>();
export const [useSection, provideSection] = createContext<string>();
