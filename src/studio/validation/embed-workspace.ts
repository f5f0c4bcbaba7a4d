import type { EngineChoice } from '../../contract/engine.ts';
import type { KeptFace } from '../embeddings/kept-faces.ts';
import { ensureVectors, readVectors, type EmbeddedFaces } from '../embeddings/read-vectors.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import { findAskedModel, type ByModel } from './asked-model.ts';
import type { PictureVectors } from './picture-vectors.ts';
import { facesByFile } from './workspace-pictures.ts';

const NO_VECTOR = { why: 'its face could not be embedded' } as const;

/** Pictures of a workspace with the face that stands for each. */
export type WorkspacePictures = PictureVectors & {
  /** Beside `files`. */
  readonly faces: readonly KeptFace[];
  /** Beside the rows of `vectors`: every kept face that has a vector, also of photos with several. */
  readonly embedded: readonly KeptFace[];
};

const picturesOf = (
  workspace: Workspace,
  { faces, lacking, vectors }: EmbeddedFaces,
  about: Pick<PictureVectors, 'model' | 'engine' | 'remarks'>,
): WorkspacePictures => {
  const rowOf = new Map(faces.map(({ face }, row) => [face, row]));
  const all = [...faces, ...lacking].sort((a, b) => a.face - b.face);
  const byFile = facesByFile(workspace, all);
  return {
    files: [...byFile.keys()],
    faces: [...byFile.values()],
    embedded: faces,
    rows: Array.from(byFile.values(), ({ face }) => rowOf.get(face) ?? NO_VECTOR),
    vectors,
    ...about,
  };
};

/** Has the vectors made that a workspace lacks and reads those of its kept faces. @throws UNUSABLE, FAILED, or the signal's reason */
export const embedFacesOf = async (
  workspace: Workspace,
  studio: Studio,
  choice: EngineChoice,
  asked: ByModel,
  hooks: WorkHooks,
): Promise<WorkspacePictures> => {
  const { folder } = workspace.paths;
  const { model, remarks } = await findAskedModel({ home: studio.home, workspace: folder }, asked);
  const request = { model, isFlipped: asked.isFlipped, choice, isKept: false };
  const faces = await ensureVectors(studio, workspace, request, hooks);
  const engine = studio.embeddings.standing(folder, request).outcome?.engine ?? null;
  return picturesOf(workspace, faces, { model: model.manifest.id, engine, remarks });
};

/** The same by the vectors that there are; nothing is made. @throws UNUSABLE for a model that is not there */
export const readFacesOf = async (
  workspace: Workspace,
  { home }: Pick<Studio, 'home'>,
  asked: ByModel,
): Promise<WorkspacePictures> => {
  const { model, remarks } = await findAskedModel({ home, workspace: workspace.paths.folder }, asked);
  const faces = await readVectors(workspace, { model, isFlipped: asked.isFlipped });
  return picturesOf(workspace, faces, { model: model.manifest.id, engine: null, remarks });
};
