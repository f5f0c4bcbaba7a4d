import { resampleBilinear } from './bilinear.ts';
import type { CropCut } from './crop-plan.ts';
import type { PixelLoops } from './loops.ts';
import type { Photo } from './photo.ts';
import { warpSimilarity } from './warp.ts';

/** The pixels of a planned crop: [sizePx, sizePx, 3] RGB bytes. */
export const renderCrop = (photo: Photo, { geometry, sizePx }: CropCut, loops: PixelLoops): Uint8Array =>
  geometry.kind === 'region'
    ? resampleBilinear(photo, geometry.box, sizePx, loops)
    : warpSimilarity(photo, geometry.matrix, sizePx);
