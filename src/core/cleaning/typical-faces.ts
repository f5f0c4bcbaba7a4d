import { distanceBetween, type Vectors } from '../neighbours/graph.ts';
import { draw } from './random.ts';

/** Faces that each face is compared with; more say the same again. */
const MOST_COMPARED = 64;

/** The faces of a set that are nearest to the others of it, the most typical first (as a medoid is); of very many, of some of them. */
export const typicalFaces = (
  vectors: Vectors,
  faces: Int32Array,
  { most, random }: { readonly most: number; readonly random: () => number },
): readonly number[] => {
  const some = draw(faces, MOST_COMPARED, random);
  const sums = Array.from(some, (face) => ({
    face,
    sum: some.reduce((sum, other) => sum + (other === face ? 0 : distanceBetween(vectors, face, other)), 0),
  }));
  return sums
    .sort((a, b) => a.sum - b.sum || a.face - b.face)
    .slice(0, most)
    .map(({ face }) => face);
};
