import type { IdentityPage, IdentityRequest } from '../../contract/workspace-facets.ts';
import type { Identities } from '../../core/dataset/identities.ts';

/**
 * A page of identities.
 * @param counts how many faces each has, by id
 * @param ranks the rank of each by name, by id
 */
export const identityPage = (
  counts: Uint32Array,
  people: Identities,
  ranks: Uint32Array,
  { search, by, offset, limit }: IdentityRequest,
): IdentityPage => {
  const part = search.trim().toLowerCase();
  const found = people.all.filter(
    ({ id, name }) => (counts[id] ?? 0) > 0 && (part === '' || name.toLowerCase().includes(part)),
  );
  const rankOf = (id: number): number => ranks[id] ?? 0;
  const facesOf = (id: number): number => counts[id] ?? 0;
  found.sort((a, b) => (by === 'faces' ? facesOf(b.id) - facesOf(a.id) : 0) || rankOf(a.id) - rankOf(b.id));
  const nobody = part === '' && facesOf(0) > 0 ? [{ id: 0, name: '' }] : [];
  const all = [...nobody, ...found];
  return {
    total: all.length,
    identities: all.slice(offset, offset + limit).map(({ id, name }) => ({ id, name, faces: facesOf(id) })),
  };
};
