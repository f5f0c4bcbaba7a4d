import type { ValidationRequest } from '../../contract/validation.ts';
import { ensureVectors } from '../embeddings/read-vectors.ts';
import type { KeptFace } from '../embeddings/kept-faces.ts';
import { shownPath } from '../scan/names.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import { findAskedModel, type ByModel } from './asked-model.ts';
import type { PictureVectors } from './picture-vectors.ts';

/** Every file that is there, also those of the same content as another. */
const FILES = `SELECT files.path, photos.sha256 FROM files JOIN photos ON photos.id = files.photo_id
  WHERE files.is_missing = 0 ORDER BY files.id`;

const keyOf = (sha256: Uint8Array): string => Buffer.from(sha256).toString('latin1');

/** The first of the faces of each photo, by the path of each of its files inside their sources. */
const facesByFile = (workspace: Workspace, faces: readonly KeptFace[]): ReadonlyMap<string, KeptFace> => {
  const byPhoto = new Map<string, KeptFace>();
  for (const face of faces)
    if (!byPhoto.has(keyOf(face.photoSha256))) byPhoto.set(keyOf(face.photoSha256), face);
  const byFile = new Map<string, KeptFace>();
  for (const [path, sha256] of workspace.catalogue.rows<readonly [Uint8Array, Uint8Array]>(FILES)) {
    const face = byPhoto.get(keyOf(sha256));
    const name = shownPath(Buffer.from(path));
    if (face !== undefined && !byFile.has(name)) byFile.set(name, face);
  }
  return byFile;
};

const NO_VECTOR = { why: 'its face could not be embedded' } as const;

/** Has the vectors made that a workspace lacks and reads those of its kept faces. */
export const embedFacesOf = async (
  workspace: Workspace,
  studio: Studio,
  { engine: choice }: ValidationRequest,
  asked: ByModel,
  hooks: WorkHooks,
): Promise<PictureVectors> => {
  const { folder } = workspace.paths;
  const { model, remarks } = await findAskedModel({ home: studio.home, workspace: folder }, asked);
  const request = { model, isFlipped: asked.isFlipped, choice, isKept: false };
  const { faces, lacking, vectors } = await ensureVectors(studio, workspace, request, hooks);
  const rowOf = new Map(faces.map(({ face }, row) => [face, row]));
  const all = [...faces, ...lacking].sort((a, b) => a.face - b.face);
  const byFile = facesByFile(workspace, all);
  return {
    files: [...byFile.keys()],
    rows: Array.from(byFile.values(), ({ face }) => rowOf.get(face) ?? NO_VECTOR),
    vectors,
    model: model.manifest.id,
    engine: studio.embeddings.standing(folder, request).outcome?.engine ?? null,
    remarks,
  };
};
