import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

/** Widths in pixels: the plain detector finds a face in each 32 of them, so these photos have one, two or none. */
const PHOTOS: readonly (readonly [file: string, widthPx: number])[] = [
  ['ann/1.jpg', 40],
  ['ann/2.jpg', 24],
  ['bob/1.jpg', 72],
  ['bob/2.png', 40],
];
const HEIGHT_PX = 36;

const paint = (widthPx: number, place: number): Sharp =>
  sharp({
    create: {
      width: widthPx,
      height: HEIGHT_PX,
      channels: 3,
      background: { r: 40 * place, g: 90, b: 200 - 30 * place },
    },
  });

/** Makes a folder of small photos of two people, a damaged one and a text among them. */
export const putPhotos = async (folder: string): Promise<void> => {
  for (const [place, [file, widthPx]] of PHOTOS.entries()) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await paint(widthPx, place).toFile(join(folder, file));
  }
  const whole = await paint(40, PHOTOS.length).jpeg().toBuffer();
  await writeFile(join(folder, 'bob', 'damaged.jpg'), whole.subarray(0, whole.length / 2));
  await writeFile(join(folder, 'bob', 'notes.txt'), 'Not a picture.\n');
};
