import type { Command } from 'commander';
import { CropStyle, type AlignSettings, type CropSettings, type DetectSettings } from '../contract/faces.ts';
import { EngineChoice } from '../contract/engine.ts';
import { SETTING_LIMITS } from '../core/align/limits.ts';
import { booleanOption, choiceOption, numberOption, UsageError } from './usage.ts';

/** What commander gives for the options below: text as typed, or its default. */
export type DetectOptions = {
  readonly minFaceSize: string;
  readonly thresholds: string;
  readonly scaleFactor: string;
  readonly exact?: string;
};
export type CropOptions = {
  readonly imageSize: string;
  readonly margin: string;
  readonly detectMultipleFaces: string;
  readonly crop?: string;
};
export type CommonOptions = { readonly engine: string; readonly json: boolean; readonly quiet: boolean };

/** Adds the options that every command has. */
export const addCommonOptions = (command: Command): Command =>
  command
    .option(
      '--engine <name>',
      `what computes: ${EngineChoice.options.join(', ')}; auto takes the best that works`,
      'auto',
    )
    .option('--json', 'write one JSON document to stdout instead of text', false)
    .option('--quiet', 'write no progress to stderr', false);

/** Adds the options of finding faces. */
export const addDetectOptions = (command: Command): Command =>
  command
    .option('--min-face-size <pixels>', 'least size of a face to look for, in pixels of the photo', '20')
    .option('--thresholds <a,b,c>', 'least face probability after P-net, R-net and O-net', '0.6,0.7,0.7')
    .option('--scale-factor <ratio>', 'ratio between levels of the image pyramid', '0.709')
    .option('--exact <program>', 'reproduce the numbers of that program to the pixel: facenet');

/** Adds the options of cropping faces. */
export const addCropOptions = (command: Command): Command =>
  command
    .option('--image-size <pixels>', 'width and height of a crop', '182')
    .option('--margin <pixels>', 'room around a face, both sides together; see --crop', '44')
    .option('--detect-multiple-faces [boolean]', 'keep every face of a photo, not only the main one', 'false')
    .option(
      '--crop <style>',
      'box: the box and the margin in pixels of the photo; relative: the margin in pixels of the crop, whatever the size of the face; ' +
        'landmarks: turned so that eyes, nose and mouth are always in the same place (default: relative; box with --exact facenet)',
    );

const thresholdsOf = (text: string): [number, number, number] => {
  const parts = text.split(',');
  const [p, r, o] = parts.map((part) => numberOption('--thresholds', part, SETTING_LIMITS.threshold));
  if (parts.length !== 3 || p === undefined || r === undefined || o === undefined) {
    throw new UsageError(
      `--thresholds takes three numbers from 0 to 1 with commas between, like 0.6,0.7,0.7, not "${text}".`,
    );
  }
  return [p, r, o];
};

/** The settings of finding faces. @throws UsageError */
export const detectSettingsOf = (options: DetectOptions): DetectSettings => ({
  mode: options.exact === undefined ? 'studio' : choiceOption('--exact', options.exact, ['facenet']),
  minFaceSizePx: numberOption('--min-face-size', options.minFaceSize, SETTING_LIMITS.minFaceSizePx),
  thresholds: thresholdsOf(options.thresholds),
  scaleFactor: numberOption('--scale-factor', options.scaleFactor, SETTING_LIMITS.scaleFactor),
});

const cropSettingsOf = (options: CropOptions, isExact: boolean): CropSettings => ({
  style:
    options.crop === undefined
      ? isExact
        ? 'box'
        : 'relative'
      : choiceOption('--crop', options.crop, CropStyle.options),
  imageSizePx: numberOption('--image-size', options.imageSize, {
    ...SETTING_LIMITS.imageSizePx,
    isWhole: true,
  }),
  marginPx: numberOption('--margin', options.margin, SETTING_LIMITS.marginPx),
  detectMultipleFaces: booleanOption('--detect-multiple-faces', options.detectMultipleFaces),
});

/** The settings of aligning. @throws UsageError */
export const alignSettingsOf = (options: DetectOptions & CropOptions): AlignSettings => {
  const detect = detectSettingsOf(options);
  return { detect, crop: cropSettingsOf(options, detect.mode === 'facenet') };
};

/** The engine that was asked for. @throws UsageError */
export const engineOf = (options: CommonOptions): EngineChoice =>
  choiceOption('--engine', options.engine, EngineChoice.options);
