import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DetectSettings } from '../../contract/faces.ts';
import { embedItems, type EmbedRun, type ItemVector } from '../embed/embed-items.ts';
import type { EmbedItem } from '../embed/items.ts';
import type { WorkHooks } from '../stream-work.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';

/**
 * Thresholds of a second look: P- and R-net, which only propose, let more through; the O-net, which decides, is as strict as ever. In a list of
 * pairs every picture shows somebody, which is not so of photos at large.
 */
const LENIENT = [0.4, 0.5, 0.7] as const;

const leniently = (item: EmbedItem): EmbedItem => {
  const { work } = item;
  if ('problem' in work || work.faces.kind !== 'found') return item;
  const [pnet, rnet, onet] = LENIENT;
  const detect: DetectSettings = { ...work.faces.detect, thresholds: [pnet, rnet, onet] };
  return { ...item, work: { ...work, faces: { kind: 'found', detect } } };
};

/** Looks once more at pictures in which no face was found. @returns all vectors, and what to tell of it */
export const lookAgain = async (
  items: readonly EmbedItem[],
  vectors: readonly ItemVector[],
  run: EmbedRun,
  { signal }: WorkHooks,
): Promise<{ readonly vectors: readonly ItemVector[]; readonly remarks: readonly string[] }> => {
  const places = vectors.flatMap(({ kind }, place) => (kind === 'no-face' ? [place] : []));
  if (places.length === 0) return { vectors, remarks: [] };
  const folder = join(run.folder, 'again');
  await mkdir(folder, { mode: OWNER_ONLY_FOLDER });
  const found = await embedItems(
    places.flatMap((place) => items[place] ?? []).map(leniently),
    { ...run, folder },
    { signal, onProgress: () => undefined },
  );
  const all = [...vectors];
  places.forEach((place, index) => {
    all[place] = found[index] ?? { kind: 'no-face' };
  });
  const names = places.flatMap((place) =>
    all[place]?.kind === 'embedded' ? (items[place]?.file ?? []) : [],
  );
  const count = names.length;
  const pictures = count === 1 ? '1 picture' : `${String(count)} pictures`;
  return {
    vectors: all,
    remarks:
      count === 0
        ? []
        : [
            `In ${pictures} a face was found only at a second, more lenient look (thresholds ${LENIENT.join(', ')}), ${String(names[0])}${count === 1 ? '' : ' among them'}.`,
          ],
  };
};
