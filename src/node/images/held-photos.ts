import type { Resampler } from '../../core/images/network-input.ts';

/** Freed photos are returned to the system once this much has piled up. */
const COLLECT_AFTER_BYTES = 64 * 1024 * 1024;

/** The decoded photos that an image process keeps for its parent, by the parent's numbers. */
export type HeldPhotos = {
  hold(photo: number, resampler: Resampler): void;
  /** @throws when it is not held: a fault of the parent. */
  get(photo: number): Resampler;
  release(photo: number): void;
  bytesOf(photo: number): number;
  readonly bytes: number;
};

/** @param collect frees memory that nothing uses any more, as V8 does by itself only much later. */
export const createHeldPhotos = (collect: () => void): HeldPhotos => {
  const held = new Map<number, Resampler>();
  let freedBytes = 0;
  return {
    hold(photo, resampler) {
      held.set(photo, resampler);
    },
    get(photo) {
      const resampler = held.get(photo);
      if (resampler === undefined) throw new Error(`Photo ${String(photo)} is not held.`);
      return resampler;
    },
    release(photo) {
      freedBytes += held.get(photo)?.release() ?? 0;
      held.delete(photo);
      if (freedBytes < COLLECT_AFTER_BYTES) return;
      freedBytes = 0;
      collect();
    },
    bytesOf: (photo) => held.get(photo)?.heldBytes ?? 0,
    get bytes() {
      let bytes = 0;
      for (const photo of held.values()) bytes += photo.heldBytes;
      return bytes;
    },
  };
};
