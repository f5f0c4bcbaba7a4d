import { createHeap } from './heap.ts';
import { logOfOthers, type Evidence } from './labelled-faces.ts';
import { logRatio, type SamePersonModel } from './same-person.ts';
import { meanDistance, nearestOf, referencesAsked, type Reference } from './set-distance.ts';

/**
 * What is wrong with a face's label: a `flip` looks like another identity, an `outlier` like nobody here; a `doubtful` one is nearer to another
 * identity than to its own, without being near to it; a face `alone` has no other in its identity that could speak for it.
 */
export type MislabelKind = 'flip' | 'outlier' | 'doubtful' | 'likely-right' | 'alone';

export type Mislabel = {
  readonly face: number;
  readonly identity: number;
  readonly kind: MislabelKind;
  /** True for a flip that is likelier of the other identity than of its own, even though it could be so by chance: its proposal may be accepted unseen. */
  readonly isSure: boolean;
  /** By how much the face is nearer to the other identity than to its own, in the unit of the vectors; null when it is alone. */
  readonly score: number | null;
  /** The nearest faces of its own identity that were not found wrong themselves. */
  readonly own: readonly Reference[];
  /** The identity that it is nearest to, and that one's nearest faces; null when all its neighbours are of its own. */
  readonly other: { readonly identity: number; readonly references: readonly Reference[] } | null;
  /** Where the face should go; null unless it is a flip. */
  readonly proposed: { readonly identity: number; readonly distance: number } | null;
};

type Other = {
  readonly identity: number;
  readonly references: readonly Reference[];
  readonly distance: number;
};
type Judgement = { readonly score: number; readonly own: readonly Reference[]; readonly other: Other | null };

/** Own neighbours that are kept for each face, so that some are left when others are found wrong. */
const OWN_KEPT = 12;

/** Judges faces by all that have not been found wrong. */
const createJudge = ({ vectors, graph, members, identityOf }: Evidence, isWrong: Uint8Array) => {
  const live = Int32Array.from(members, ({ length }) => length);
  const ownLists = new Map<number, readonly Reference[]>();

  const isLive = ({ face }: Reference): boolean => isWrong[face] === 0;

  /** Faces of one identity among a face's neighbours: the nearest of that identity, for all nearer faces are neighbours. */
  const fromGraph = (face: number, identity: number, most: number): readonly Reference[] => {
    const found: Reference[] = [];
    for (let at = face * graph.k; at < (face + 1) * graph.k && found.length < most; at += 1) {
      const other = graph.indices[at] ?? 0;
      if (identityOf[other] === identity && isWrong[other] === 0)
        found.push({ face: other, distance: graph.distances[at] ?? 0 });
    }
    return found;
  };

  const nearestLive = (face: number, identity: number, most: number): readonly Reference[] => {
    const near = fromGraph(face, identity, most);
    if (near.length === most) return near;
    const faces = (members[identity] ?? new Int32Array(0)).filter((other) => isWrong[other] === 0);
    return nearestOf(vectors, face, faces, most);
  };

  const ownOf = (face: number, identity: number): readonly Reference[] => {
    const others = (live[identity] ?? 0) - (isWrong[face] === 0 ? 1 : 0);
    const asked = referencesAsked(others);
    const kept = (ownLists.get(face) ?? []).filter(isLive);
    if (kept.length >= asked) return kept.slice(0, asked);
    const found = nearestLive(face, identity, Math.min(OWN_KEPT, others));
    ownLists.set(face, found);
    return found.slice(0, asked);
  };

  const otherOf = (face: number, own: number): Other | null => {
    let best: Other | null = null;
    const seen = new Set<number>([own, -1]);
    for (let at = face * graph.k; at < (face + 1) * graph.k; at += 1) {
      const neighbour = graph.indices[at] ?? 0;
      // No identity that comes later can be nearer than its nearest face.
      if (best !== null && (graph.distances[at] ?? 0) >= best.distance) break;
      const identity = identityOf[neighbour] ?? -1;
      if (isWrong[neighbour] === 1 || seen.has(identity)) continue;
      seen.add(identity);
      const references = nearestLive(face, identity, referencesAsked(live[identity] ?? 0));
      const distance = meanDistance(references);
      if (best === null || distance < best.distance) best = { identity, references, distance };
    }
    return best;
  };

  return {
    /** Null for a face that nobody of its identity can speak for. */
    judge(face: number): Judgement | null {
      const identity = identityOf[face] ?? -1;
      if (identity < 0) return null;
      const own = ownOf(face, identity);
      if (own.length === 0) return null;
      const other = otherOf(face, identity);
      const beyond = graph.distances[(face + 1) * graph.k - 1] ?? 0;
      return { own, other, score: meanDistance(own) - (other?.distance ?? beyond) };
    },
    markWrong(face: number): void {
      isWrong[face] = 1;
      const identity = identityOf[face] ?? -1;
      live[identity] = (live[identity] ?? 0) - 1;
    },
  };
};

/**
 * Weighs a face's own identity against the other. The own one is one; of the others one is near by chance, so it must be as many times likelier
 * as there are.
 */
const weigh = (
  { score, own, other }: Judgement,
  model: SamePersonModel,
  chance: number,
): { readonly kind: Exclude<MislabelKind, 'alone'>; readonly isSure: boolean } => {
  const isOwn = logRatio(model, meanDistance(own));
  const isOther = other === null ? -Infinity : logRatio(model, other.distance) - chance;
  if (score > 0 && isOther > 0) return { kind: 'flip', isSure: isOther > isOwn };
  if (isOwn < 0) return { kind: 'outlier', isSure: false };
  return { kind: score > 0 ? 'doubtful' : 'likely-right', isSure: false };
};

/**
 * Ranks all faces by how much nearer they are to another identity than to their own, most suspicious first. The most suspicious face is taken
 * first, and then no longer speaks for its identity: so of two faces that disagree only the likelier one is wrong, and one wrong face does not
 * bear witness for another (greedy explaining away). Nothing is compared but neighbours and the faces of one identity.
 * @param settled 1 for each face whose label a person confirmed: it speaks for its identity and is not ranked itself
 */
export const rankMislabels = (
  evidence: Evidence,
  model: SamePersonModel,
  settled: Uint8Array | null = null,
): readonly Mislabel[] => {
  const { identityOf, members } = evidence;
  const chance = logOfOthers(evidence);
  const isWrong = new Uint8Array(identityOf.length);
  const judge = createJudge(evidence, isWrong);
  const current = new Float64Array(identityOf.length).fill(Number.NaN);
  const final = new Map<number, Judgement>();
  const heap = createHeap();
  const isSettled = (face: number): boolean => settled?.[face] === 1;
  const enter = (face: number): void => {
    if (isSettled(face)) return;
    const judgement = judge.judge(face);
    current[face] = judgement?.score ?? Number.NaN;
    if (judgement !== null) heap.push(face, judgement.score);
  };
  identityOf.forEach((_, face) => {
    enter(face);
  });
  while (heap.size > 0) {
    const { item: face, score } = heap.pop();
    // An older entry of a face that was entered again, or is done.
    if (final.has(face) || current[face] !== score) continue;
    const judgement = judge.judge(face);
    if (judgement === null) continue;
    if (judgement.score < score) {
      current[face] = judgement.score;
      heap.push(face, judgement.score);
      continue;
    }
    final.set(face, judgement);
    if (judgement.score <= 0) continue;
    judge.markWrong(face);
    for (const member of members[identityOf[face] ?? -1] ?? []) if (!final.has(member)) enter(member);
  }
  const ranked = [...final]
    .sort(([, a], [, b]) => b.score - a.score)
    .map(([face, judgement]): Mislabel => {
      const { score, own, other } = judgement;
      const { kind, isSure } = weigh(judgement, model, chance);
      return {
        face,
        identity: identityOf[face] ?? -1,
        kind,
        isSure,
        score,
        own,
        other: other === null ? null : { identity: other.identity, references: other.references },
        proposed:
          kind === 'flip' && other !== null ? { identity: other.identity, distance: other.distance } : null,
      };
    });
  const alone: Mislabel[] = [];
  identityOf.forEach((identity, face) => {
    if (identity >= 0 && !final.has(face) && !isSettled(face))
      alone.push({
        face,
        identity,
        kind: 'alone',
        isSure: false,
        score: null,
        own: [],
        other: null,
        proposed: null,
      });
  });
  return [...ranked, ...alone];
};
