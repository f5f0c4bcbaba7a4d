import sharp from 'sharp';

/** Points of the screen for one inch of SVG; twice as many pixels, so that it is sharp in print. */
const DENSITY_DPI = 2 * 72;

/** A chart of our own window as PNG. Not for pictures of unknown origin. @throws what is wrong with the SVG */
export const drawSvg = (svg: string): Promise<Buffer> =>
  sharp(Buffer.from(svg), { density: DENSITY_DPI }).png().toBuffer();
