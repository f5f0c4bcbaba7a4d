import type { CleaningReport } from '../../contract/cleaning.ts';
import { rankDuplicateIdentities } from '../../core/cleaning/duplicate-identities.ts';
import { rankDuplicates } from '../../core/cleaning/duplicates.ts';
import type { Evidence } from '../../core/cleaning/labelled-faces.ts';
import { rankMislabels } from '../../core/cleaning/mislabels.ts';
import { rankMixedIdentities } from '../../core/cleaning/mixed-identities.ts';
import { learnSamePerson } from '../../core/cleaning/same-person.ts';
import type { Reference } from '../../core/cleaning/set-distance.ts';
import { learnOrFail } from './evidence.ts';
import type { NamedFaces } from './embedded-folder.ts';

type Named<Queue> = Extract<CleaningReport, { readonly queue: Queue }>;

type Names = Pick<NamedFaces, 'files' | 'identities'>;

const createNames = ({ files, identities }: Names) => {
  const file = (face: number): string => files[face] ?? '';
  return {
    file,
    identity: (identity: number): string => identities[identity] ?? '',
    references: (references: readonly Reference[]) =>
      references.map(({ face, distance }) => ({ file: file(face), distance })),
  };
};

/** Faces whose label may be wrong. */
export const mislabelReport = (evidence: Evidence, names: Names, limit: number): Named<'mislabels'> => {
  const name = createNames(names);
  const ranked = rankMislabels(evidence, learnOrFail(evidence));
  return {
    queue: 'mislabels',
    total: ranked.length,
    items: ranked.slice(0, limit).map(({ face, identity, kind, isSure, score, own, other, proposed }) => ({
      file: name.file(face),
      identity: name.identity(identity),
      kind,
      score,
      evidence: {
        isSure,
        own: name.references(own),
        other:
          other === null
            ? null
            : { identity: name.identity(other.identity), faces: name.references(other.references) },
      },
      proposed:
        proposed === null
          ? null
          : { identity: name.identity(proposed.identity), distance: proposed.distance },
    })),
  };
};

/** Pairs of faces that show one picture. */
export const duplicateReport = (
  evidence: Evidence,
  names: Names,
  contentOf: readonly (string | null)[],
  limit: number,
): Named<'duplicates'> => {
  const name = createNames(names);
  const identityOf = (face: number): string => name.identity(evidence.identityOf[face] ?? -1);
  const ranked = rankDuplicates(evidence, { contentOf }, learnSamePerson(evidence));
  return {
    queue: 'duplicates',
    total: ranked.length,
    items: ranked.slice(0, limit).map(({ kind, place, faces: [first, second], distance, proposed }) => {
      // The item is that face of which something is proposed.
      const [face, other] = proposed?.face === second ? [second, first] : [first, second];
      return {
        file: name.file(face),
        identity: identityOf(face),
        kind,
        score: distance,
        evidence: { file: name.file(other), identity: identityOf(other), distance, place },
        proposed: proposed === null ? null : { identity: name.identity(proposed.identity), distance },
      };
    }),
  };
};

/** Pairs of identities that may be one person. */
export const identitiesReport = (evidence: Evidence, names: Names, limit: number): Named<'identities'> => {
  const name = createNames(names);
  const ranked = rankDuplicateIdentities(evidence, learnOrFail(evidence));
  return {
    queue: 'identities',
    total: ranked.length,
    items: ranked
      .slice(0, limit)
      .map(({ identities: [a, b], distance, score, looksLikeOne, evidence: pairs }) => ({
        identities: [name.identity(a), name.identity(b)],
        distance,
        score,
        evidence: {
          looksLikeOne,
          pairs: pairs.map(({ faces: [x, y], distance: between }) => ({
            files: [name.file(x), name.file(y)],
            distance: between,
          })),
        },
      })),
  };
};

/** Identities that may be two people. */
export const mixedReport = (evidence: Evidence, names: Names, limit: number): Named<'mixed'> => {
  const name = createNames(names);
  const ranked = rankMixedIdentities(evidence, learnOrFail(evidence));
  return {
    queue: 'mixed',
    total: ranked.length,
    items: ranked.slice(0, limit).map(({ identity, distance, looksLikeTwo, groups: [rest, split] }) => ({
      identity: name.identity(identity),
      distance,
      evidence: { looksLikeTwo },
      split: split.map(name.file),
      rest: rest.map(name.file),
    })),
  };
};
