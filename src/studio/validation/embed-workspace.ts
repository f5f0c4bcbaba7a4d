import type { EngineInfo } from '../../contract/engine.ts';
import type { ValidationRequest } from '../../contract/validation.ts';
import { dimensionsOf, embedWorkspace, vectorsFolder } from '../embeddings/embed-workspace.ts';
import { keptFaces, type KeptFace } from '../embeddings/kept-faces.ts';
import { openVectorStore } from '../embeddings/store.ts';
import { shownPath } from '../scan/names.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import { findAskedModel, type ByModel } from './asked-model.ts';
import type { PictureVectors } from './picture-vectors.ts';

/** Folders of a workspace's sources, the longest first, so that one inside another is found before it. */
const sourceFolders = ({ catalogue }: Workspace): readonly string[] =>
  catalogue
    .all<{ readonly folder: Uint8Array }>('SELECT folder FROM sources')
    .map(({ folder }) => shownPath(Buffer.from(folder)))
    .sort((a, b) => b.length - a.length);

/** The first kept face of each photo, by the photo's path inside its source. */
const facesByPhoto = async (workspace: Workspace): Promise<ReadonlyMap<string, KeptFace>> => {
  const folders = sourceFolders(workspace);
  const faces = new Map<string, KeptFace>();
  for await (const part of keptFaces(workspace.catalogue, workspace.faces())) {
    for (const face of part) {
      const folder = folders.find((each) => face.shown.startsWith(`${each}/`)) ?? '';
      const path = face.shown.slice(folder.length).replace(/^\/+/, '');
      if (!faces.has(path)) faces.set(path, face);
    }
  }
  return faces;
};

const NO_VECTOR = { why: 'its face could not be embedded' } as const;

/** Makes the vectors that a workspace lacks and reads those of its kept faces. */
export const embedFacesOf = async (
  workspace: Workspace,
  { home, host, now }: Studio,
  { engine: choice }: ValidationRequest,
  asked: ByModel,
  hooks: WorkHooks,
): Promise<PictureVectors> => {
  const { model, remarks } = await findAskedModel({ home, workspace: workspace.paths.folder }, asked);
  const { isFlipped } = asked;
  const engine = await host.acquire({ choice, gpuMemoryFraction: 1, networkCores: 'all' }, hooks.signal);
  let info: EngineInfo;
  try {
    await embedWorkspace(workspace, { model, isFlipped, engine, output: null, now }, hooks);
    info = engine.info;
  } finally {
    engine.release();
  }
  const dimensions = dimensionsOf(model, isFlipped);
  const faces = await facesByPhoto(workspace);
  const store = await openVectorStore(vectorsFolder(workspace, model, isFlipped), {
    dimensions,
    isReadOnly: true,
  });
  const values = new Float32Array(faces.size * dimensions);
  const rows: PictureVectors['rows'][number][] = [];
  for await (const vector of store.read([...faces.values()].map(({ key }) => key))) {
    if (vector !== null) values.set(vector, rows.length * dimensions);
    rows.push(vector === null ? NO_VECTOR : rows.length);
  }
  return {
    files: [...faces.keys()],
    rows,
    vectors: { values, dimensions },
    model: model.manifest.id,
    engine: info,
    remarks,
  };
};
