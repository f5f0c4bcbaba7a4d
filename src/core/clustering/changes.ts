/** What another run would make of clusters that there are. */
export type ClusterChanges = {
  /** Clusters of which another one takes up faces: each with the clusters that would become one, the most faces first. */
  readonly joined: readonly (readonly number[])[];
  /** Clusters whose faces would be in several, the most faces first. */
  readonly parted: readonly number[];
};

type Meeting = { readonly partners: Set<number>; faces: number };

const meet = (from: Int32Array, to: Int32Array): ReadonlyMap<number, Meeting> => {
  const meetings = new Map<number, Meeting>();
  from.forEach((one, face) => {
    const other = to[face] ?? -1;
    if (one < 0 || other < 0) return;
    const known = meetings.get(one);
    if (known === undefined) meetings.set(one, { partners: new Set([other]), faces: 1 });
    else {
      known.partners.add(other);
      known.faces += 1;
    }
  });
  return meetings;
};

const severalFirst = (meetings: ReadonlyMap<number, Meeting>): readonly (readonly [number, Meeting])[] =>
  [...meetings].filter(([, { partners }]) => partners.size > 1).sort(([, a], [, b]) => b.faces - a.faces);

/**
 * Compares clusters with those of another run.
 * @param before [count] clusters; negative for faces that take no part
 * @param after [count] the same of the other run
 */
export const compareClusters = (before: Int32Array, after: Int32Array): ClusterChanges => ({
  joined: severalFirst(meet(after, before)).map(([, { partners }]) => [...partners]),
  parted: severalFirst(meet(before, after)).map(([cluster]) => cluster),
});
