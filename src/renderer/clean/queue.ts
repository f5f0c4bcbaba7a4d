import type { Suspect, SuspectKind } from '../../contract/workspace-suspects.ts';

/** The suspects of a kind, most suspicious first, and behind them those that were put off, in that order. */
export const queueOf = (
  suspects: readonly Suspect[],
  kind: SuspectKind,
  postponed: ReadonlySet<number>,
): readonly Suspect[] => {
  const ofKind = suspects.filter((suspect) => suspect.kind === kind);
  if (postponed.size === 0) return ofKind;
  const later = new Map(
    ofKind.filter(({ face }) => postponed.has(face)).map((suspect) => [suspect.face, suspect]),
  );
  return [
    ...ofKind.filter(({ face }) => !postponed.has(face)),
    ...[...postponed].flatMap((face) => later.get(face) ?? []),
  ];
};

/** A suspect that somebody is proposed for. */
export type Proposed = Suspect & { readonly other: NonNullable<Suspect['other']> };

/** The flips whose proposals are accepted together: from a score on, and only the sure ones where that is asked for. */
export const acceptable = (
  suspects: readonly Suspect[],
  leastScore: number,
  isSureOnly: boolean,
): readonly Proposed[] =>
  suspects.filter(
    (suspect): suspect is Proposed =>
      suspect.kind === 'flip' &&
      suspect.other !== null &&
      suspect.score >= leastScore &&
      (suspect.isSure || !isSureOnly),
  );

/** Faces by the identity that each goes to. */
export const movesOf = (
  proposed: readonly Proposed[],
): { readonly faces: number[]; readonly identity: number }[] => {
  const facesOf = new Map<number, number[]>();
  for (const { face, other } of proposed) {
    const faces = facesOf.get(other.identity);
    if (faces === undefined) facesOf.set(other.identity, [face]);
    else faces.push(face);
  }
  return [...facesOf].map(([identity, faces]) => ({ identity, faces }));
};
