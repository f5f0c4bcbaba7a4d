import type { SearchReport, SearchSubject } from '../../contract/workspace-search.ts';
import type { FaceSearch } from '../../core/cleaning/search.ts';
import type { WorkspaceToClean } from '../cleaning/faces-at-hand.ts';
import type { Present } from '../clustering/desk.ts';
import { makeMissingVectors } from '../clustering/missing-vectors.ts';
import { KEPT_STATES } from '../embeddings/kept-faces.ts';
import { countVectors } from '../embeddings/read-vectors.ts';
import type { WorkHooks } from '../stream-work.ts';
import { tilesOf } from '../workspace/tiles.ts';
import { vectorOfPicture } from './picture-vector.ts';

/** The places of some faces that have a vector. */
const placesOf = ({ desk }: WorkspaceToClean, { takesPart }: Present, faces: readonly number[]): Int32Array =>
  Int32Array.from(
    faces.flatMap((face) => {
      const place = desk.placeOf(face);
      return place !== undefined && takesPart[place] === 1 ? [place] : [];
    }),
  );

/** What is searched by, and the places that are no answer. */
const nearOf = async (
  of: WorkspaceToClean,
  subject: SearchSubject,
  present: Present,
  hooks: WorkHooks,
): Promise<{ readonly near: FaceSearch['near']; readonly own: ReadonlySet<number> }> => {
  const { studio, workspace, desk, engine } = of;
  if (subject.kind === 'picture') {
    const picture = { name: subject.name, bytes: Buffer.from(subject.bytes, 'base64') };
    const by = { kind: desk.kind, workspace: workspace.paths.folder, engine };
    return { near: await vectorOfPicture(studio, picture, by, hooks), own: new Set() };
  }
  const faces =
    subject.kind === 'face'
      ? [subject.face]
      : workspace.faces().select({ identities: [subject.identity], states: [...KEPT_STATES] });
  const near = placesOf(of, present, [...faces]);
  return { near, own: new Set(near) };
};

/** The faces of a workspace that are nearest to something. @throws a failure, or the signal's reason */
export const searchWorkspace = async (
  of: WorkspaceToClean,
  wish: { readonly subject: SearchSubject; readonly limit: number; readonly makesVectors: boolean },
  hooks: WorkHooks,
): Promise<SearchReport> => {
  const { studio, workspace, desk, engine } = of;
  if (wish.makesVectors) {
    const { embedded } = await makeMissingVectors(studio, workspace, desk.kind, engine, hooks);
    if (embedded > 0) desk.outdate();
  }
  const { waiting } = await countVectors(workspace, desk.kind);
  await desk.prepare(false, hooks);
  const present = await desk.present();
  const { near, own } = await nearOf(of, wish.subject, present, hooks);
  const among = Int32Array.from(present.ids.keys()).filter(
    (place) => present.takesPart[place] === 1 && !own.has(place),
  );
  const threshold = desk.kind.isFlipped ? null : (desk.kind.model.manifest.threshold?.distance ?? null);
  const known = { searched: among.length, waiting, threshold };
  if (near.length === 0) return { ...known, found: null, closer: null };
  const nearest = await desk.ask('search', { near, among }, hooks);
  const listed = nearest.slice(0, wish.limit);
  const index = workspace.faces();
  return {
    ...known,
    found: listed.flatMap(({ face, distance }) =>
      tilesOf(workspace.catalogue, index, [present.ids[face] ?? 0]).map((tile) => ({ tile, distance })),
    ),
    closer: threshold === null ? null : nearest.filter(({ distance }) => distance < threshold).length,
  };
};
