import { createHash } from 'node:crypto';
import type { AlignSettings } from '../../contract/faces.ts';

/** Grows with every change that makes the same photo and settings give other faces or crops. */
export const PIPELINE_VERSION = 1;

/** The settings in one fixed order, so that equal settings are equal text. */
export const canonicalSettings = ({ detect, crop }: AlignSettings): AlignSettings => ({
  detect: {
    mode: detect.mode,
    minFaceSizePx: detect.minFaceSizePx,
    thresholds: detect.thresholds,
    scaleFactor: detect.scaleFactor,
  },
  crop: {
    style: crop.style,
    imageSizePx: crop.imageSizePx,
    marginPx: crop.marginPx,
    detectMultipleFaces: crop.detectMultipleFaces,
  },
});

/** SHA-256 of a text, in hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Five digits that depend on the settings alone, for `bounding_boxes_NNNNN.txt`; the seed draws them at random. */
export const settingsNumber = (settings: AlignSettings): string => {
  const digest = sha256(JSON.stringify([PIPELINE_VERSION, canonicalSettings(settings)]));
  return String(Number.parseInt(digest.slice(0, 12), 16) % 100_000).padStart(5, '0');
};

const NAMES: readonly (readonly [string, (settings: AlignSettings) => unknown])[] = [
  ['mode', ({ detect }) => detect.mode],
  ['min face size', ({ detect }) => detect.minFaceSizePx],
  ['thresholds', ({ detect }) => detect.thresholds.join(',')],
  ['scale factor', ({ detect }) => detect.scaleFactor],
  ['crop style', ({ crop }) => crop.style],
  ['image size', ({ crop }) => crop.imageSizePx],
  ['margin', ({ crop }) => crop.marginPx],
  ['detect multiple faces', ({ crop }) => crop.detectMultipleFaces],
];

/** What differs between two settings, in words (`image size 182, not 160`); null when nothing does. */
export const settingsDifference = (there: AlignSettings, asked: AlignSettings): string | null => {
  const parts = NAMES.flatMap(([name, read]) =>
    read(there) === read(asked) ? [] : [`${name} ${String(read(there))}, not ${String(read(asked))}`],
  );
  return parts.length === 0 ? null : parts.join('; ');
};
