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

/** Every file that is there, also those of the same content as another. */
const FILES = `SELECT files.path, photos.sha256 FROM files JOIN photos ON photos.id = files.photo_id
  WHERE files.is_missing = 0 ORDER BY files.id`;

const keyOf = (sha256: Uint8Array): string => Buffer.from(sha256).toString('latin1');

/** The first kept face of each photo, by the path of each of its files inside their sources. */
const facesByFile = async (workspace: Workspace): Promise<ReadonlyMap<string, KeptFace>> => {
  const byPhoto = new Map<string, KeptFace>();
  for await (const part of keptFaces(workspace.catalogue, workspace.faces()))
    for (const face of part)
      if (!byPhoto.has(keyOf(face.photoSha256))) byPhoto.set(keyOf(face.photoSha256), face);
  const faces = new Map<string, KeptFace>();
  for (const [path, sha256] of workspace.catalogue.rows<readonly [Uint8Array, Uint8Array]>(FILES)) {
    const face = byPhoto.get(keyOf(sha256));
    const name = shownPath(Buffer.from(path));
    if (face !== undefined && !faces.has(name)) faces.set(name, face);
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
  const faces = await facesByFile(workspace);
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
