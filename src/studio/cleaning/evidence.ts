import { membersOf, type Evidence } from '../../core/cleaning/labelled-faces.ts';
import { learnSamePerson, type SamePersonModel } from '../../core/cleaning/same-person.ts';
import type { NeighbourGraph, Vectors } from '../../core/neighbours/graph.ts';
import { findNeighbours } from '../../node/neighbours/find.ts';
import { keepNeighbours, readNeighbours } from '../../node/neighbours/keep.ts';
import { failed, systemCode } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { NamedFaces } from './embedded-folder.ts';

/** Neighbours that are found of each face: enough for the nearest identities of any face, and for clustering. */
export const NEIGHBOURS = 50;

/** Where a graph cannot be kept it is found again the next time. */
const NOT_WRITABLE: ReadonlySet<string | null> = new Set(['EACCES', 'EROFS', 'EPERM', 'ENOSPC']);

/** The graph of the nearest neighbours of vectors, which is kept in `file`; null keeps none. */
export const findGraph = async (
  vectors: Vectors,
  k: number,
  file: string | null,
  { signal, onProgress }: WorkHooks,
): Promise<NeighbourGraph> => {
  const kept = file === null ? null : await readNeighbours(file, vectors, k);
  if (kept !== null) return kept;
  const graph = await findNeighbours(vectors, {
    k,
    signal,
    onProgress: (done) => {
      onProgress(done, vectors.count);
    },
  });
  if (file === null) return graph;
  await keepNeighbours(file, vectors, graph).catch((error: unknown) => {
    if (!NOT_WRITABLE.has(systemCode(error))) throw error;
  });
  return graph;
};

/** Faces with the graph of their neighbours, which is kept in `file`. */
export const findEvidence = async (faces: NamedFaces, file: string, hooks: WorkHooks): Promise<Evidence> => ({
  ...faces,
  graph: await findGraph(faces.vectors, NEIGHBOURS, file, hooks),
  members: membersOf(faces),
});

/** What one person's distances are among these faces. @throws FAILED when too few share an identity */
export const learnOrFail = (evidence: Evidence): SamePersonModel => {
  const model = learnSamePerson(evidence);
  if (model === null)
    throw failed(
      'Too few faces share an identity to learn from: at least thirty pairs of one identity are needed.',
    );
  return model;
};
