import type { PixelLoops } from '../../core/images/loops.ts';
import { plainLoops } from '../../core/images/plain-loops.ts';
import { loadAddon } from '../processes/addons.ts';
import { plainPackHuffman } from './pack-huffman.ts';
import { plainFilterRows, type PngLoops } from './png.ts';

/** Everything that an image process does to every pixel itself. */
export type Loops = PixelLoops & PngLoops;

/** The loops compiled from `native/pixels.cc`, or those in TypeScript where there are none: the same bytes, slower. */
export const loadLoops = (): Loops =>
  // Compiled from the source beside this one; test/native holds both to the same bytes.
  (loadAddon('pixels') as Loops | null) ?? {
    ...plainLoops,
    filterRows: plainFilterRows,
    packHuffman: plainPackHuffman,
  };
