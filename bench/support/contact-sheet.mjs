import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const TILE_PX = 110;
const CAPTION_PX = 16;

/**
 * Rows of pictures to look at: each row a number and files, the first beside those that speak against it.
 * @param {string} file
 * @param {string} folder
 * @param {readonly { number: number, files: readonly string[] }[]} rows
 * @param {number} columns of rows
 */
export const writeContactSheet = async (file, folder, rows, columns) => {
  const most = Math.max(...rows.map(({ files }) => files.length));
  const [width, height] = [most * TILE_PX + CAPTION_PX, TILE_PX + CAPTION_PX];
  const pictures = await Promise.all(
    rows.flatMap(({ number, files }, row) => {
      const left = (row % columns) * width;
      const top = Math.floor(row / columns) * height;
      const caption = Buffer.from(
        `<svg width="${String(TILE_PX)}" height="${String(CAPTION_PX)}"><text x="2" y="13" font-size="14" fill="white">${String(number)}</text></svg>`,
      );
      return [
        Promise.resolve({ input: caption, left, top }),
        ...files.map(async (name, place) => ({
          input: await sharp(join(folder, name)).resize(TILE_PX, TILE_PX).toBuffer(),
          left: left + place * TILE_PX,
          top: top + CAPTION_PX,
        })),
      ];
    }),
  );
  const sheet = sharp({
    create: {
      width: columns * width,
      height: Math.ceil(rows.length / columns) * height,
      channels: 3,
      background: '#222',
    },
  });
  writeFileSync(file, await sheet.composite(pictures).png().toBuffer());
};
