import type { Theme } from './saved-view.ts';

/** Shows the page in a theme, or in that of the system. */
export const showTheme = (theme: Theme): void => {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
};
