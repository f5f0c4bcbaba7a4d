/** A name that a folder or a person gave, once; it is never changed. */
export type NamedIdentity = { readonly id: number; readonly name: string };

/** What was decided of identities. */
export type IdentityDecisions = {
  readonly names: ReadonlyMap<number, string>;
  /** Which identity each merged one became part of. */
  readonly merges: ReadonlyMap<number, number>;
};

/** Who is who: every id that was ever given leads to one identity. */
export type Identities = {
  /** The identity that an id stands for, after merges and where two have one name. An unknown id stands for itself. */
  canonical(id: number): number;
  /** The name shown for an identity. */
  nameOf(id: number): string;
  /** The identity of that name; null when there is none. */
  byName(name: string): number | null;
  /** The ids that bear the identity's name and were not merged: what a rename or a merge of it must change. */
  rootsOf(id: number): readonly number[];
  /** Each identity once, in the order of their ids. */
  readonly all: readonly NamedIdentity[];
};

/**
 * Follows merges to their end. They never make a ring, because `merge` refuses it; one from a damaged catalogue ends at its lowest id.
 */
const rootOf = (id: number, merges: ReadonlyMap<number, number>): number => {
  const seen = new Set<number>();
  let root = id;
  for (let next = merges.get(root); next !== undefined; next = merges.get(root)) {
    if (seen.has(next)) return Math.min(...seen);
    seen.add(next);
    root = next;
  }
  return root;
};

/**
 * Resolves names and merges. Two identities with the same name are one, the one with the lower id: a folder that arrives after somebody
 * gave its name to an identity belongs to that identity, for as long as it has the name.
 */
export const resolveIdentities = (
  named: Iterable<NamedIdentity>,
  { names, merges }: IdentityDecisions,
): Identities => {
  const shown = new Map<number, string>();
  for (const { id, name } of named) shown.set(id, names.get(id) ?? name);
  const ids = [...shown.keys()].sort((a, b) => a - b);
  const byName = new Map<string, number>();
  const bearers = new Map<number, number[]>();
  for (const id of ids) {
    if (merges.has(id)) continue;
    const name = shown.get(id) ?? '';
    const first = byName.get(name) ?? id;
    byName.set(name, first);
    bearers.set(first, [...(bearers.get(first) ?? []), id]);
  }
  const canonical = new Map<number, number>();
  for (const id of ids) {
    const root = rootOf(id, merges);
    canonical.set(id, byName.get(shown.get(root) ?? '') ?? root);
  }
  return {
    canonical: (id) => canonical.get(id) ?? id,
    nameOf: (id) => shown.get(canonical.get(id) ?? id) ?? '',
    byName: (name) => byName.get(name) ?? null,
    rootsOf: (id) => bearers.get(canonical.get(id) ?? id) ?? [],
    all: [...byName].map(([name, id]) => ({ id, name })),
  };
};
