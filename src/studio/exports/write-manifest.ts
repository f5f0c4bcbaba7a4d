import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlignSettings } from '../../contract/faces.ts';
import type { ExportSettings } from '../../contract/workspace-export.ts';
import { cropGeometry } from '../../core/align/crop-geometry.ts';
import { boundingBoxLine } from '../align/bounding-boxes.ts';
import { programVersion } from '../align/manifest.ts';
import { canonicalSettings, PIPELINE_VERSION, settingsNumber } from '../align/settings.ts';
import { writeNew } from './place-crop.ts';
import type { ExportFace } from './select.ts';

const FORMAT_VERSION = 1;
/** One line for each crop. */
export const EXPORT_LEDGER = 'export.jsonl';
export const EXPORT_MANIFEST = 'facenet-studio.json';

/** A crop that was written. */
export type WrittenCrop = {
  readonly face: ExportFace;
  readonly bytes: number;
  readonly sha256: string;
};

/** The files that say what is in an export, while it is being written. */
export type ManifestWriter = {
  append(crops: readonly WrittenCrop[]): Promise<void>;
  /** Writes the totals and waits until all is on the disk. */
  finish(totals: Readonly<Record<string, unknown>>): Promise<void>;
  /** Closes the files, finished or not. */
  close(): Promise<void>;
};

const regionOf = (
  { geometry, widthPx, heightPx }: ExportFace,
  { crop, detect }: AlignSettings,
): readonly number[] => {
  const rules = { ...crop, clips: detect.mode === 'facenet' };
  return cropGeometry(geometry, { widthPx, heightPx }, rules)?.region ?? geometry.box;
};

const ledgerLine = ({ face, bytes, sha256 }: WrittenCrop, region: readonly number[]): string =>
  `${JSON.stringify({
    file: face.file,
    identity: face.identity,
    state: face.state,
    photo: { file: face.photo, sha256: face.photoSha256 },
    box: face.geometry.box,
    region,
    bytes,
    sha256,
  })}\n`;

const syncAndClose = async (handle: FileHandle): Promise<void> => {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Begins the manifest of an export in its folder: `facenet-studio.json` with settings and totals, `export.jsonl` with a line for each crop, and the
 * seed's `bounding_boxes_NNNNN.txt`. They hold nothing that differs between two exports of the same.
 */
export const beginManifest = async (
  folder: string,
  settings: AlignSettings,
  given: Pick<ExportSettings, 'folder' | 'states'>,
): Promise<ManifestWriter> => {
  const boundingBoxes = `bounding_boxes_${settingsNumber(settings)}.txt`;
  const ledger = await open(join(folder, EXPORT_LEDGER), 'wx');
  const boxes = await open(join(folder, boundingBoxes), 'wx').catch(async (error: unknown) => {
    await ledger.close();
    throw error;
  });
  let isOpen = true;
  const close = async (finish: (handle: FileHandle) => Promise<void>): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await Promise.all([finish(ledger), finish(boxes)]);
  };
  return {
    async append(crops) {
      const regions = crops.map(({ face }) => regionOf(face, settings));
      const lines = crops.map((crop, place) => ledgerLine(crop, regions[place] ?? []));
      const boxLines = crops.map(({ face }, place) =>
        boundingBoxLine(given.folder, face.file, regions[place] ?? []),
      );
      await ledger.appendFile(lines.join(''));
      await boxes.appendFile(boxLines.join(''));
    },
    async finish(totals) {
      const manifest = {
        kind: 'export',
        format: FORMAT_VERSION,
        pipeline: PIPELINE_VERSION,
        settings: canonicalSettings(settings),
        states: given.states,
        program: { name: 'facenet-studio', version: programVersion() },
        ledger: EXPORT_LEDGER,
        boundingBoxes,
        totals,
      };
      await close(syncAndClose);
      await writeNew(join(folder, EXPORT_MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    },
    close: () => close((handle) => handle.close()),
  };
};
