import type { FileProblem, Remade } from '../../contract/embedding.ts';
import type { FacesOfFolder } from '../../contract/folder-faces.ts';
import type { ModelManifest } from '../../contract/models.ts';
import type { Vectors } from '../../core/neighbours/graph.ts';
import { readEmbeddedFolder } from '../cleaning/embedded-folder.ts';
import { assertPictures, dimensionsOf, rowsOf, summaryOf, withVectors } from '../embed/requests.ts';
import { rowsAt } from '../embed/rows.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';

/** Faces of a folder with their vectors. */
export type FolderFaces = {
  /** [vectors] relative to the folder. */
  readonly files: readonly string[];
  readonly vectors: Vectors;
  /** null for vectors of a file. */
  readonly model: ModelManifest | null;
  /** Where the neighbours are kept; null for nowhere. */
  readonly graphFile: string | null;
  readonly noFace: readonly string[];
  readonly failed: readonly FileProblem[];
  readonly remade: readonly Remade[];
};

/** Files within a folder; `embed` names them with the folder as it was given before. */
const namesWithin = (folder: string, files: readonly string[]): readonly string[] => {
  const before = folder.endsWith('/') ? folder : `${folder}/`;
  return files.every((file) => file.startsWith(before))
    ? files.map((file) => file.slice(before.length))
    : files;
};

/** A file of a folder as reports name it: the folder as it was given, and the path in it. */
export const nameIn = (folder: string, file: string): string =>
  folder.endsWith('/') ? folder + file : `${folder}/${file}`;

type ByModel = Extract<FacesOfFolder, { readonly kind: 'model' }>;

const embedFolder = (studio: Studio, of: ByModel, hooks: WorkHooks): Promise<FolderFaces> => {
  const { folder, model, isFlipped, engine } = of;
  return withVectors(
    studio,
    { paths: [folder], model, isFlipped, engine },
    hooks,
    assertPictures,
    async (made) => {
      const rows = rowsOf(made);
      const dimensions = dimensionsOf(made);
      const values = new Float32Array(
        new SharedArrayBuffer(rows.length * dimensions * Float32Array.BYTES_PER_ELEMENT),
      );
      let at = 0;
      const places = rows.map(({ place }) => place);
      for await (const row of rowsAt(places, dimensions)) {
        values.set(row, at);
        at += dimensions;
      }
      const { files, noFace, failed, remade } = summaryOf(made, rows);
      return {
        files: namesWithin(folder, files),
        vectors: { count: rows.length, dimensions, values },
        // Vectors that are followed by those of mirrored crops have distances of their own.
        model: isFlipped ? { ...made.model.manifest, clustering: undefined } : made.model.manifest,
        graphFile: null,
        noFace,
        failed,
        remade,
      };
    },
  );
};

/** The faces of a folder: of a table of vectors, or embedded now. @throws UNUSABLE, or the signal's reason when it is aborted */
export const facesOfFolder = async (
  studio: Studio,
  of: FacesOfFolder,
  hooks: WorkHooks,
): Promise<FolderFaces> => {
  if (of.kind === 'model') return embedFolder(studio, of, hooks);
  const { files, vectors } = await readEmbeddedFolder(of);
  return {
    files: namesWithin(of.folder, files),
    vectors,
    model: null,
    graphFile: `${of.embeddings}.neighbours`,
    noFace: [],
    failed: [],
    remade: [],
  };
};
