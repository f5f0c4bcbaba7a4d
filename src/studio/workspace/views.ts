import * as z from 'zod';
import { SavedView } from '../../contract/workspace-facets.ts';
import type { Database } from '../catalogue/database.ts';
import { readProperty, writeProperty } from './properties.ts';

const SavedViews = z.array(SavedView);

/** The saved views, by name. @throws ZodError when the catalogue holds something else */
export const readViews = (catalogue: Database): SavedView[] =>
  SavedViews.parse(JSON.parse(readProperty(catalogue, 'views') ?? '[]'));

const byName = new Intl.Collator('en', { numeric: true });

const writeViews = (catalogue: Database, views: readonly SavedView[]): SavedView[] => {
  const sorted = [...views].sort((a, b) => byName.compare(a.name, b.name));
  writeProperty(catalogue, 'views', JSON.stringify(sorted));
  return sorted;
};

const without = (catalogue: Database, name: string): SavedView[] =>
  readViews(catalogue).filter((view) => view.name !== name);

/** Saves a view, durably; one of the same name gives way. Gives all. */
export const saveView = (catalogue: Database, view: SavedView): SavedView[] =>
  writeViews(catalogue, [...without(catalogue, view.name), view]);

/** Removes a view, if there is one of the name. Gives those that are left. */
export const removeView = (catalogue: Database, name: string): SavedView[] =>
  writeViews(catalogue, without(catalogue, name));
