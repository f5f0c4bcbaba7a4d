import type { EmbedResult, EmbedTask } from '../../contract/engine.ts';
import type { LoadableModel } from '../../contract/models.ts';
import type { ImagePool } from '../../node/images/pool.ts';
import { writeImageFile } from '../../node/images/write-crops.ts';
import type { Detector } from '../faces/detect.ts';
import type { PhotoQueue } from '../faces/queue.ts';
import { embedPicture } from './embed-pictures.ts';
import type { Embedders } from './embedders.ts';

export type EmbedChunk = {
  readonly model: LoadableModel;
  readonly isFlipped: boolean;
  readonly output: string;
  readonly tasks: readonly EmbedTask[];
};

const bytesOf = (rows: readonly Float32Array[]): Uint8Array => {
  const width = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, index) => {
    values.set(row, index * width);
  });
  return new Uint8Array(values.buffer);
};

/**
 * Makes the vectors of a chunk of pictures and writes them, whole or not at all. Pictures without vectors are told of when they are known, the
 * others when their rows are on the disk.
 * @throws ModelUnusable, CannotWrite, or the signal's reason when it is aborted
 */
export async function* embedChunk(
  { model, isFlipped, output, tasks }: EmbedChunk,
  parts: { readonly pool: ImagePool; readonly detector: Detector; readonly embedders: Embedders },
  queue: PhotoQueue,
  signal: AbortSignal | undefined,
): AsyncGenerator<EmbedResult, void, undefined> {
  const embedder = await parts.embedders.acquire(model);
  const rows: Float32Array[] = [];
  const written: EmbedResult[] = [];
  try {
    const settings = { embedder, isFlipped };
    const results = queue.results(
      tasks,
      (task, abort, opened) => embedPicture(task, settings, parts, abort, opened),
      signal,
    );
    for await (const { id, outcome } of results) {
      if (outcome.kind !== 'embedded') {
        yield { id, outcome };
        continue;
      }
      const { vectors, ...rest } = outcome;
      written.push({
        id,
        outcome: { ...rest, rows: vectors.map((vector) => (vector === null ? null : rows.push(vector) - 1)) },
      });
    }
  } finally {
    embedder.release();
  }
  if (rows.length > 0) await writeImageFile(output, bytesOf(rows));
  yield* written;
}
