import { resolve } from 'node:path';
import type { EngineChoice } from '../../contract/engine.ts';
import { guessLayout, labelOf } from '../../core/dataset/layouts.ts';
import { readKept, type KeptFace } from '../embeddings/kept-faces.ts';
import { scanFolder } from '../scan/scan.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { ByModel } from '../validation/asked-model.ts';
import { checkFolder, embedFolder } from '../validation/embed-folder.ts';
import { embedFacesOf } from '../validation/embed-workspace.ts';
import type { PictureVectors } from '../validation/picture-vectors.ts';
import { facesByFile } from '../validation/workspace-pictures.ts';
import { isWorkspaceFolder } from '../workspace/paths.ts';

/** Pictures as lists of pairs name them, and whom each shows; null for nobody by name. */
export type NamedPictures = {
  readonly files: readonly string[];
  readonly labels: readonly (string | null)[];
};

/** The same with what the model makes of them; `rows` are beside `files`. */
export type EmbeddedPictures = NamedPictures & PictureVectors;

/** By folders, as the sources of a workspace are read. */
const labelsOfFiles = (files: readonly string[]): readonly (string | null)[] => {
  const layout = guessLayout(files);
  return files.map((file) => labelOf(file, layout));
};

const labelOfFace = ({ label }: KeptFace): string | null => (label === '' ? null : label);

/** The pictures of a workspace, by their kept faces, or of a folder of identities, by their paths. @throws UNUSABLE */
export const namePictures = async (
  { workspaces }: Studio,
  given: string,
  { signal }: Pick<WorkHooks, 'signal'>,
): Promise<NamedPictures> => {
  const folder = resolve(given);
  if (isWorkspaceFolder(folder)) {
    return workspaces.use(folder, 'read', async (workspace) => {
      const byFile = facesByFile(workspace, await readKept(workspace));
      return { files: [...byFile.keys()], labels: [...byFile.values()].map(labelOfFace) };
    });
  }
  await checkFolder(folder);
  const files = (await scanFolder(folder, signal))
    .filter(({ problem }) => problem === null)
    .map(({ file }) => file);
  return { files, labels: labelsOfFiles(files) };
};

/** What makes the vectors of pictures. */
export type EmbedWish = { readonly asked: ByModel; readonly choice: EngineChoice };

/** The same with their vectors, made by the model where they are missing. @throws UNUSABLE, FAILED, or the signal's reason */
export const embedPictures = async (
  studio: Studio,
  given: string,
  { asked, choice }: EmbedWish,
  hooks: WorkHooks,
): Promise<EmbeddedPictures> => {
  const folder = resolve(given);
  if (isWorkspaceFolder(folder)) {
    return studio.workspaces.use(folder, 'write', (workspace) =>
      workspace.whileOpen(async (ended) => {
        const signal = AbortSignal.any([hooks.signal, ended]);
        const pictures = await embedFacesOf(workspace, studio, choice, asked, { ...hooks, signal });
        return { ...pictures, labels: pictures.faces.map(labelOfFace) };
      }),
    );
  }
  const pictures = await embedFolder(
    studio,
    { folder, asked, choice, wanted: (paths) => paths.keys(), looksAgain: false },
    hooks,
  );
  return { ...pictures, labels: labelsOfFiles(pictures.files) };
};
