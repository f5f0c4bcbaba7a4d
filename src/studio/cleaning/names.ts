import type { Reference } from '../../core/cleaning/set-distance.ts';

/** How reports name faces and identities. */
export type Names = {
  /** The file of a face, by its place. */
  readonly file: (place: number) => string;
  /** Its id in a workspace; undefined in a folder. */
  readonly face: (place: number) => number | undefined;
  /** The name of an identity; empty for -1, nobody. */
  readonly identity: (identity: number) => string;
};

/** Faces as reports name them beside their distance. */
export const namedReferences = (
  { file }: Names,
  references: readonly Reference[],
): { readonly file: string; readonly distance: number }[] =>
  references.map(({ face, distance }) => ({ file: file(face), distance }));

/** The names of a folder's faces. */
export const namesOfFolder = ({
  files,
  identities,
}: {
  readonly files: readonly string[];
  readonly identities: readonly string[];
}): Names => ({
  file: (place) => files[place] ?? '',
  face: () => undefined,
  identity: (identity) => identities[identity] ?? '',
});
