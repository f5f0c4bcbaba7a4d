import { join } from 'node:path';
import type { LedgerRecord } from './record.ts';

/** A line break inside a name would make two lines of it. */
const oneLine = (path: string): string => path.replaceAll('\n', '\\n').replaceAll('\r', '\\r');

/** A line of it: path of the crop and the corners of its region in whole pixels. */
export const boundingBoxLine = (outputAsGiven: string, file: string, region: readonly number[]): string =>
  `${oneLine(join(outputAsGiven, file))} ${region.map((edge) => String(Math.trunc(edge))).join(' ')}\n`;

/**
 * Lines of the seed's `bounding_boxes_NNNNN.txt` for one photo: path of the crop and the corners of its region in whole pixels (align_dataset_mtcnn.py
 * truncates); only the path for a photo without a face, and nothing for one that could not be read.
 * @param outputAsGiven the output folder as it was typed, which is how the seed writes it
 */
export const boundingBoxLines = (outputAsGiven: string, record: LedgerRecord, stem: string): string => {
  if (record.status === 'noFace') return `${oneLine(join(outputAsGiven, `${stem}.png`))}\n`;
  return record.crops.map(({ file, region }) => boundingBoxLine(outputAsGiven, file, region)).join('');
};
