import { KEPT_STATES } from '../embeddings/kept-faces.ts';
import { FACE_STATES } from '../edits/fields.ts';
import type { FaceIndex } from '../faces/index.ts';
import { placeOf } from '../faces/columns.ts';
import type { Workspaces } from '../workspace/registry.ts';
import { scanClassFolders } from './snapshot.ts';
import { workspaceIn } from './run-request.ts';

/** How many images each identity of a dataset has, before anything is filtered. */
export type DataSizes = {
  readonly images: ReadonlyMap<string, number>;
  /** Files that are no usable images, or kept faces that bear no identity. */
  readonly leftOut: number;
};

/** A folder is read again after this time: whoever changes a number should not wait for it. */
const FRESH_MS = 60_000;

const sizesOfFaces = (index: FaceIndex): DataSizes => {
  const columns = index.columns();
  const people = index.people();
  const images = new Map<string, number>();
  let leftOut = 0;
  for (const face of index.select({})) {
    const place = placeOf(columns, face);
    const state = FACE_STATES[columns.states[place] ?? 0];
    if (state === undefined || !KEPT_STATES.includes(state)) continue;
    const identity = columns.identities[place] ?? 0;
    if (identity === 0) leftOut += 1;
    else {
      const name = people.nameOf(identity);
      images.set(name, (images.get(name) ?? 0) + 1);
    }
  }
  return { images, leftOut };
};

const sizesOfFolder = async (folder: string): Promise<DataSizes> => {
  const { usable, unusable } = await scanClassFolders(folder);
  const images = new Map<string, number>();
  for (const { identity } of usable) images.set(identity, (images.get(identity) ?? 0) + 1);
  return { images, leftOut: unusable };
};

/** Counts the images of folders and workspaces; what was counted of a folder is kept for a minute. */
export const createDataSizes = (workspaces: Workspaces, now: () => number) => {
  let known: { readonly folder: string; readonly atMs: number; readonly sizes: DataSizes } | null = null;
  return async (folder: string): Promise<DataSizes> => {
    const workspace = await workspaceIn(folder);
    if (workspace !== null)
      return workspaces.use(workspace, 'read', (opened) => sizesOfFaces(opened.faces()));
    if (known?.folder === folder && now() < known.atMs + FRESH_MS) return known.sizes;
    const sizes = await sizesOfFolder(folder);
    known = { folder, atMs: now(), sizes };
    return sizes;
  };
};
export type CountData = ReturnType<typeof createDataSizes>;
