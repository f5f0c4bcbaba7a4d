import { KeptThreshold } from '../../contract/evaluation.ts';
import type { Database } from '../catalogue/database.ts';
import { readProperty, removeProperty, writeProperty } from '../workspace/properties.ts';

/** The threshold that a workspace keeps; null for none. @throws ZodError when the catalogue holds something else */
export const readThreshold = (catalogue: Database): KeptThreshold | null => {
  const text = readProperty(catalogue, 'threshold');
  return text === null ? null : KeptThreshold.parse(JSON.parse(text));
};

/** Keeps a threshold, or with null none. */
export const keepThreshold = (catalogue: Database, threshold: KeptThreshold | null): void => {
  if (threshold === null) removeProperty(catalogue, 'threshold');
  else writeProperty(catalogue, 'threshold', JSON.stringify(threshold));
};
