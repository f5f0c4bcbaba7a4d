import type { DistanceMetric } from '../../contract/validation.ts';
import { pairDistances } from '../../core/verification/distance.ts';
import { notFound } from '../failure.ts';
import type { WorkspacePictures } from '../validation/embed-workspace.ts';

/** The kept faces nearest to one, by the vectors that there are; equals in the order of their ids. @throws NOT_FOUND */
export const nearestFaces = (
  { embedded, vectors }: WorkspacePictures,
  { face, limit, metric }: { readonly face: number; readonly limit: number; readonly metric: DistanceMetric },
): readonly { readonly face: number; readonly distance: number }[] => {
  const own = embedded.findIndex((each) => each.face === face);
  if (own < 0) throw notFound(`Face ${String(face)} has no vector of this model.`);
  const second = Int32Array.from({ length: embedded.length }, (_, row) => row);
  const first = new Int32Array(embedded.length).fill(own);
  const distances = pairDistances(vectors, { first, second }, metric);
  return embedded
    .map((each, row) => ({ face: each.face, distance: distances[row] ?? Number.NaN }))
    .filter((each) => each.face !== face)
    .sort((a, b) => a.distance - b.distance || a.face - b.face)
    .slice(0, limit);
};
