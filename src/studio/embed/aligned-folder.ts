import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { FacesToEmbed } from '../../contract/engine.ts';
import { AlignSettings, DetectSettings } from '../../contract/faces.ts';
import type { CropContract, Preprocessing } from '../../contract/models.ts';
import type { Remade } from '../../contract/embedding.ts';
import { layoutOf } from '../align/layout.ts';
import { recordsOf } from '../align/ledger.ts';
import type { LedgerRecord } from '../align/record.ts';
import { failed, systemCode } from '../failure.ts';

/** What is done for one crop of an aligned folder. */
export type AlignedFace = {
  readonly faces: FacesToEmbed;
  /** The original that the face is cut out of anew; left out where the crop itself is looked at. */
  readonly path?: string | undefined;
  /** Why the crop is not taken as it is; null where it is. */
  readonly instead: Omit<Remade, 'files'> | null;
};

export type AlignedFolder = {
  readonly folder: string;
  /** @param file relative to the folder, with `/` */
  faceOf(file: string): AlignedFace;
};

/** What `align` and `export` say in `facenet-studio.json`. */
const Manifest = z.object({ settings: AlignSettings, input: z.string().optional() });
type Manifest = z.infer<typeof Manifest>;

const BOUNDING_BOXES = /^bounding_boxes_\d+\.txt$/;

const readManifest = async (folder: string): Promise<Manifest | null> => {
  const file = join(folder, 'facenet-studio.json');
  try {
    return Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      throw failed(`${file} is damaged, so nobody can tell how the crops were made: align the photos again.`);
    throw error;
  }
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const inWords = ({ style, imageSizePx, marginPx }: CropContract): string =>
  `${style} crops of ${String(imageSizePx)} px with a margin of ${String(marginPx)}`;

const AS_CROPS: AlignedFace = { faces: { kind: 'crop' }, instead: null };

/** Looks for the face inside the crop, which shows it with a margin. */
const inCrop = (why: string): AlignedFace => ({
  faces: { kind: 'found', detect: DetectSettings.parse({}) },
  instead: { from: 'crops', why },
});

const isTaken = ({ detect, crop }: AlignSettings, { crop: wanted, alsoTakes }: Preprocessing): boolean =>
  [wanted, ...alsoTakes].some(
    ({ style, imageSizePx, marginPx }) =>
      style === crop.style &&
      imageSizePx === crop.imageSizePx &&
      marginPx === crop.marginPx &&
      // Only the seed's own crops are clipped at the edge of the photo.
      (detect.mode === 'studio' || style === 'box'),
  );

type Cut = { readonly record: LedgerRecord; readonly face: number };

const cutsOf = async (folder: string): Promise<ReadonlyMap<string, Cut>> => {
  const cuts = new Map<string, Cut>();
  for await (const record of recordsOf(layoutOf(folder)))
    for (const { file, face } of record.crops) cuts.set(file, { record, face });
  return cuts;
};

const fromOriginal = ({ record, face }: Cut, input: string, why: string): AlignedFace | null => {
  const geometry = record.faces[face];
  if (geometry === undefined || record.sourceSha256 === null) return null;
  const { box, landmarks } = geometry;
  return {
    faces: {
      kind: 'given',
      faces: [{ box, landmarks, rotationDegrees: 0 }],
      sourceSha256: record.sourceSha256,
    },
    path: join(input, record.file),
    instead: { from: 'originals', why },
  };
};

/** A folder with our manifest whose crops the model does not take. */
const remadeFolder = async (
  folder: string,
  { settings, input }: Manifest,
  preprocessing: Preprocessing,
): Promise<AlignedFolder> => {
  const why = `The model takes ${inWords(preprocessing.crop)}, not ${inWords(settings.crop)}`;
  const lookedAt = inCrop(
    `${why}, and the originals are not there: the faces were found again in the crops.`,
  );
  if (input === undefined || !(await isThere(input))) return { folder, faceOf: () => lookedAt };
  const cuts = await cutsOf(folder);
  const cutAnew = `${why}: the faces were cut out of the originals anew.`;
  return {
    folder,
    faceOf(file) {
      const cut = cuts.get(file);
      return (cut === undefined ? null : fromOriginal(cut, input, cutAnew)) ?? lookedAt;
    },
  };
};

/** A folder of the seed's own aligner, which says nothing of margin and size. */
const seedFolder = (folder: string, { crop, alsoTakes }: Preprocessing): AlignedFolder => {
  const isTakenAsIs = [crop, ...alsoTakes].some(({ style }) => style === 'box');
  const lookedAt = inCrop(
    `The model takes ${inWords(crop)}, and nothing tells of these but that facenet cut them: the faces were found again in the crops.`,
  );
  return { folder, faceOf: () => (isTakenAsIs ? AS_CROPS : lookedAt) };
};

/**
 * How the crops of an aligned folder become what a model takes: as they are, cut out of the originals anew, or found again in the crops.
 * Null for a folder of photos. @throws FAILED for a manifest that cannot be read
 */
export const readAlignedFolder = async (
  folder: string,
  preprocessing: Preprocessing,
): Promise<AlignedFolder | null> => {
  const manifest = await readManifest(folder);
  if (manifest !== null)
    return isTaken(manifest.settings, preprocessing)
      ? { folder, faceOf: () => AS_CROPS }
      : remadeFolder(folder, manifest, preprocessing);
  return (await readdir(folder)).some((name) => BOUNDING_BOXES.test(name))
    ? seedFolder(folder, preprocessing)
    : null;
};
