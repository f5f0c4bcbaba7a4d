import type { Suspect, SuspectEvidence, Witnesses } from '../../contract/workspace-suspects.ts';
import type { Desk } from '../clustering/desk.ts';
import { KEPT_STATES } from '../embeddings/kept-faces.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Workspace } from '../workspace/open.ts';
import { tilesOf } from '../workspace/tiles.ts';

/** Faces of each identity that are shown beside a suspect. */
const MOST_WITNESSES = 12;

/** The faces of an identity that are nearest to a face. */
const witnessesOf = async (
  workspace: Workspace,
  desk: Desk,
  face: number,
  identity: number,
  hooks: Partial<WorkHooks>,
): Promise<Witnesses> => {
  const index = workspace.faces();
  const others = index
    .select({ identities: [identity], states: [...KEPT_STATES] })
    .filter((other) => other !== face);
  const place = desk.placeOf(face);
  const faceAt = new Map(
    others.flatMap((other) => {
      const at = desk.placeOf(other);
      return at === undefined ? [] : [[at, other] as const];
    }),
  );
  const nearest =
    place === undefined
      ? []
      : await desk.ask(
          'nearest',
          { face: place, among: Int32Array.from(faceAt.keys()), most: MOST_WITNESSES },
          hooks,
        );
  return {
    identity: { id: identity, name: index.people().nameOf(identity) },
    total: others.length,
    faces: nearest.flatMap(({ face: at, distance }) =>
      tilesOf(workspace.catalogue, index, [faceAt.get(at) ?? 0]).map((tile) => ({ tile, distance })),
    ),
  };
};

/** What speaks for the identity of a suspect, and for the other. @throws a failure when its vectors cannot be read */
export const evidenceOfSuspect = async (
  workspace: Workspace,
  desk: Desk,
  { face, identity, other }: Suspect,
  hooks: Partial<WorkHooks>,
): Promise<SuspectEvidence> => ({
  face,
  own: await witnessesOf(workspace, desk, face, identity, hooks),
  other: other === null ? null : await witnessesOf(workspace, desk, face, other.identity, hooks),
});
