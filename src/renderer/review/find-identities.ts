/** An identity that may be chosen. */
export type Candidate = { readonly id: number; readonly name: string; readonly faces: number };
export type FoundIdentity = Candidate & { readonly isRecent: boolean };

/** More would not be read. */
const MOST_FOUND = 50;

/** Without case and accents, and with separators as spaces, so that "jose a" finds `José_Alvarez`. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[\s_.-]+/g, ' ')
    .trim();

/** How well a name fits, the lower the better: it begins with what is typed, a word of it does, it holds it; null for none. */
const fitOf = (name: string, typed: string): number | null => {
  const at = name.indexOf(typed);
  if (at === 0) return 0;
  if (name.includes(` ${typed}`)) return 1;
  return at > 0 ? 2 : null;
};

/**
 * The identities that what is typed may mean, best first; those used last go before others that fit as well, and come first while
 * nothing is typed. @param recent names, last used first
 */
export const findIdentities = (
  identities: readonly Candidate[],
  typed: string,
  recent: readonly string[],
): readonly FoundIdentity[] => {
  const wanted = plain(typed);
  const used = new Map(recent.map((name, place) => [name, place]));
  const found = identities.flatMap((identity) => {
    const fit = fitOf(plain(identity.name), wanted);
    return fit === null ? [] : [{ identity, fit, use: used.get(identity.name) ?? Number.POSITIVE_INFINITY }];
  });
  // Equal ones keep their order, which is by name.
  const order = (a: number, b: number): number => (a === b ? 0 : a - b);
  return found
    .sort((a, b) => order(a.fit, b.fit) || order(a.use, b.use))
    .slice(0, MOST_FOUND)
    .map(({ identity, use }) => ({ ...identity, isRecent: Number.isFinite(use) }));
};
