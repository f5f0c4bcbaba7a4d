import type { AlignSettings, CropStyle, PipelineMode } from '../../contract/faces.ts';
import { SETTING_LIMITS } from '../../core/align/limits.ts';
import { formatCount } from '../words/format.ts';

/** Settings while somebody types them; null is a number that is not one yet. */
export type Draft = {
  style: CropStyle;
  imageSizePx: number | null;
  marginPx: number | null;
  faces: 'one' | 'all';
  mode: PipelineMode;
  minFaceSizePx: number | null;
  thresholds: [number | null, number | null, number | null];
};

/** Settings as they begin to be typed. */
export const draftOf = ({ detect, crop }: AlignSettings): Draft => ({
  style: crop.style,
  imageSizePx: crop.imageSizePx,
  marginPx: crop.marginPx,
  faces: crop.detectMultipleFaces ? 'all' : 'one',
  mode: detect.mode,
  minFaceSizePx: detect.minFaceSizePx,
  thresholds: [...detect.thresholds],
});

type Limits = { readonly least: number; readonly most: number };

const isWithin = (value: number | null, { least, most }: Limits): value is number =>
  value !== null && value >= least && value <= most;

const range = ({ least, most }: Limits): string => `from ${formatCount(least)} to ${formatCount(most)}`;

/**
 * The settings that a draft means, or the sentence that says what is wrong with it.
 * @param before has the settings that no draft holds
 */
export const settingsOf = (
  draft: Draft,
  before: AlignSettings,
): { readonly settings: AlignSettings } | { readonly problem: string } => {
  const { imageSizePx, marginPx, minFaceSizePx } = draft;
  const [p, r, o] = draft.thresholds;
  const limits = SETTING_LIMITS;
  if (!isWithin(imageSizePx, limits.imageSizePx) || !Number.isInteger(imageSizePx))
    return { problem: `The crop size is a whole number ${range(limits.imageSizePx)} px.` };
  if (!isWithin(marginPx, limits.marginPx))
    return { problem: `The margin is a number ${range(limits.marginPx)} px.` };
  if (!isWithin(minFaceSizePx, limits.minFaceSizePx))
    return { problem: `The smallest face is a number ${range(limits.minFaceSizePx)} px.` };
  if (!isWithin(p, limits.threshold) || !isWithin(r, limits.threshold) || !isWithin(o, limits.threshold))
    return { problem: `Each threshold is a number ${range(limits.threshold)}.` };
  return {
    settings: {
      detect: { ...before.detect, mode: draft.mode, minFaceSizePx, thresholds: [p, r, o] },
      crop: { style: draft.style, imageSizePx, marginPx, detectMultipleFaces: draft.faces === 'all' },
    },
  };
};

/** Whether two settings are the same choice. */
export const isSameChoice = (one: AlignSettings, other: AlignSettings): boolean =>
  JSON.stringify(draftOf(one)) === JSON.stringify(draftOf(other)) &&
  one.detect.scaleFactor === other.detect.scaleFactor;
