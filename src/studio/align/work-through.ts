import { CHUNKS_IN_FLIGHT } from '../engine/run-tasks.ts';
import { pause } from '../streams.ts';
import { together } from '../together.ts';
import { doChunk, stemsOfChunk, type ChunkWork } from './chunk-work.ts';
import { recordsOf } from './ledger.ts';

/** How often a run that has nothing left looks after the chunks of the others. */
const LOOK_EVERY_MS = 300;

const placesOf = ({ stay }: ChunkWork, chunk: number): readonly number[] => stay.plan.chunks[chunk] ?? [];

/** Takes what the runs before have recorded of a chunk, so that what is whole is not done again. */
const takeRecords = async (work: ChunkWork, chunk: number): Promise<void> => {
  const { stay, layout, index } = work;
  const places = new Map(placesOf(work, chunk).map((place) => [stay.plan.entries[place]?.file, place]));
  for await (const record of recordsOf(layout)) {
    const place = places.get(record.file);
    if (place !== undefined) index.set(place, record);
  }
};

/**
 * Does every chunk that no other run has claimed, a few at a time.
 * @returns the chunks that others are at work on
 */
export const doUnclaimed = async (
  work: ChunkWork,
  order: readonly number[],
  hooks: { readonly abort: () => void; readonly onDoneByOthers: (photos: number) => void },
): Promise<readonly number[]> => {
  const theirs: number[] = [];
  let next = 0;
  await together(CHUNKS_IN_FLIGHT, hooks.abort, async () => {
    for (let chunk = order[next]; chunk !== undefined; chunk = order[next]) {
      next += 1;
      work.signal.throwIfAborted();
      const places = placesOf(work, chunk);
      const claim = await work.stay.claims.claim(chunk, stemsOfChunk(work, places));
      if (claim === 'theirs') theirs.push(chunk);
      else if (claim === 'done') hooks.onDoneByOthers(places.length);
      else await doChunk(work, chunk);
    }
  });
  return theirs;
};

/**
 * Waits for the chunks of the others and does those that they give up or die over. Ends when all are done, or when another run has
 * finished the folder.
 */
export const doLeftOver = async (
  work: ChunkWork,
  chunks: readonly number[],
  onDoneByOthers: (photos: number) => void,
): Promise<void> => {
  let left = chunks;
  while (left.length > 0 && (await work.stay.segment.isThere())) {
    const still: number[] = [];
    for (const chunk of left) {
      work.signal.throwIfAborted();
      const places = placesOf(work, chunk);
      const claim = await work.stay.claims.claim(chunk, stemsOfChunk(work, places));
      if (claim === 'theirs') still.push(chunk);
      else if (claim === 'done') onDoneByOthers(places.length);
      else {
        await takeRecords(work, chunk);
        await doChunk(work, chunk);
      }
    }
    left = still;
    if (left.length > 0) await pause(LOOK_EVERY_MS, work.signal);
  }
};
