import { randomBytes } from 'node:crypto';
import { AlignSettings } from '../../contract/faces.ts';
import { canonicalSettings } from '../align/settings.ts';
import type { Database } from '../catalogue/database.ts';

type Name = 'workspace' | 'align' | 'columns' | 'views' | 'forgotten' | 'wiping' | 'threshold';

/** A property of the workspace; null when it has none of that name. */
export const readProperty = (catalogue: Database, name: Name): string | null =>
  catalogue.get<{ readonly value: string }>('SELECT value FROM properties WHERE name = ?', name)?.value ??
  null;

/** Sets a property, durably. */
export const writeProperty = (catalogue: Database, name: Name, value: string): void => {
  catalogue.run(
    'INSERT INTO properties (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    name,
    value,
  );
};

/** Takes a property away, durably. */
export const removeProperty = (catalogue: Database, name: Name): void => {
  catalogue.run('DELETE FROM properties WHERE name = ?', name);
};

/** Every face is cropped, so that another one can be chosen at once. */
const defaultSettings = (): AlignSettings =>
  canonicalSettings(
    AlignSettings.parse({ detect: {}, crop: { style: 'relative', detectMultipleFaces: true } }),
  );

/** Gives a new catalogue what every workspace has. */
export const ensureProperties = (catalogue: Database): void => {
  if (readProperty(catalogue, 'workspace') === null)
    writeProperty(catalogue, 'workspace', randomBytes(8).toString('hex'));
  if (readProperty(catalogue, 'align') === null)
    writeProperty(catalogue, 'align', JSON.stringify(defaultSettings()));
};

/** How the photos of the workspace are aligned. @throws ZodError when the catalogue holds something else */
export const alignSettings = (catalogue: Database): AlignSettings => {
  const text = readProperty(catalogue, 'align');
  return text === null ? defaultSettings() : AlignSettings.parse(JSON.parse(text));
};
