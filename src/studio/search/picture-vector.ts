import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineChoice } from '../../contract/engine.ts';
import { rowsAt } from '../embed/rows.ts';
import { dimensionsOf, rowsOf, withVectors } from '../embed/requests.ts';
import { failed } from '../failure.ts';
import type { VectorKind } from '../clustering/gather.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';

const OWNER_ONLY_FILE = 0o600;

/** A picture that somebody brought: what it is called, and its bytes. */
export type BroughtPicture = { readonly name: string; readonly bytes: Uint8Array };

/**
 * The vector of the face in a picture that aligning would choose. Nothing of the picture is kept.
 * @throws FAILED for a picture that cannot be read, or without a face; the signal's reason
 */
export const vectorOfPicture = async (
  studio: Studio,
  { name, bytes }: BroughtPicture,
  {
    kind,
    workspace,
    engine,
  }: { readonly kind: VectorKind; readonly workspace: string; readonly engine: EngineChoice },
  hooks: WorkHooks,
): Promise<Float32Array> => {
  const folder = join(studio.home, 'cache', `search-${randomBytes(6).toString('hex')}`);
  const path = join(folder, 'picture');
  try {
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    await writeFile(path, bytes, { mode: OWNER_ONLY_FILE });
    const request = {
      ...{ paths: [path], model: kind.model.manifest.id, workspace, engine },
      isFlipped: kind.isFlipped,
    };
    return await withVectors(
      studio,
      request,
      hooks,
      () => undefined,
      async (made) => {
        const [vector] = made.vectors;
        if (vector?.kind === 'no-face')
          throw failed(`No face was found in ${name}: take a picture that shows one larger.`);
        if (vector?.kind === 'failed')
          throw failed(`${name} cannot be searched by: ${vector.reason.message}`);
        for await (const row of rowsAt(
          rowsOf(made).map(({ place }) => place),
          dimensionsOf(made),
        ))
          return row;
        throw new Error('A picture has no row.');
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
