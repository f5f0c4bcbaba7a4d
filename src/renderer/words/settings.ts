import type { AlignSettings, CropStyle, PipelineMode } from '../../contract/faces.ts';

type Words = { readonly name: string; readonly sentence: string };

/** The crop styles in the order in which they are shown. */
export const CROP_STYLES = ['relative', 'box', 'landmarks'] as const satisfies readonly CropStyle[];

/** Name of each crop style, and what it does in one sentence. */
export const CROP_STYLE_WORDS: Readonly<Record<CropStyle, Words>> = {
  relative: {
    name: 'Relative',
    sentence: 'The box with a margin that grows with the face: every face fills the same share of its crop.',
  },
  box: {
    name: 'Box',
    sentence:
      'The box with a margin in pixels of the photo, as facenet cuts it: small faces get more around them.',
  },
  landmarks: {
    name: 'Landmarks',
    sentence: 'Turned and scaled so that eyes, nose and mouth lie in the same place in every crop.',
  },
};

/** Name of each way to find faces, and what it does in one sentence. */
export const MODE_WORDS: Readonly<Record<PipelineMode, Words>> = {
  studio: {
    name: 'Studio',
    sentence: 'Corrects five mistakes of facenet: the better choice for a new dataset.',
  },
  facenet: {
    name: 'facenet',
    sentence:
      'The numbers of davidsandberg/facenet, mistakes included; its own crops need the style Box too.',
  },
};

/** What the margin is measured in, by crop style. */
export const marginHint = (style: CropStyle): string =>
  style === 'box'
    ? 'Both sides together, in pixels of the photo.'
    : 'Both sides together, in pixels of the crop.';

/** The settings in a line: `Relative, 182 px, margin 44 px, one face a photo`. */
export const describeSettings = ({ detect, crop }: AlignSettings): string =>
  [
    CROP_STYLE_WORDS[crop.style].name,
    `${String(crop.imageSizePx)} px`,
    `margin ${String(crop.marginPx)} px`,
    crop.detectMultipleFaces ? 'all faces' : 'one face a photo',
    `faces from ${String(detect.minFaceSizePx)} px`,
    ...(detect.mode === 'facenet' ? ['exact facenet'] : []),
  ].join(', ');
