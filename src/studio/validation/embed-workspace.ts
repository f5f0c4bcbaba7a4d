import type { EngineChoice } from '../../contract/engine.ts';
import { ensureVectors } from '../embeddings/read-vectors.ts';
import type { KeptFace } from '../embeddings/kept-faces.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import { findAskedModel, type ByModel } from './asked-model.ts';
import type { PictureVectors } from './picture-vectors.ts';
import { facesByFile } from './workspace-pictures.ts';

const NO_VECTOR = { why: 'its face could not be embedded' } as const;

/** Pictures of a workspace with the face that stands for each, beside `files`. */
export type WorkspacePictures = PictureVectors & { readonly faces: readonly KeptFace[] };

/** Has the vectors made that a workspace lacks and reads those of its kept faces. */
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
  const { faces, lacking, vectors } = await ensureVectors(studio, workspace, request, hooks);
  const rowOf = new Map(faces.map(({ face }, row) => [face, row]));
  const all = [...faces, ...lacking].sort((a, b) => a.face - b.face);
  const byFile = facesByFile(workspace, all);
  return {
    files: [...byFile.keys()],
    faces: [...byFile.values()],
    rows: Array.from(byFile.values(), ({ face }) => rowOf.get(face) ?? NO_VECTOR),
    vectors,
    model: model.manifest.id,
    engine: studio.embeddings.standing(folder, request).outcome?.engine ?? null,
    remarks,
  };
};
