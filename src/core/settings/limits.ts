/** What the numbers of the program's settings may be. */
export const MEMORY_LIMITS = {
  /** Decoded pixels that the engine holds before it opens no further photo. */
  photoMemoryMebibytes: { least: 64, most: 8192 },
  pictureCacheMebibytes: { least: 64, most: 65_536 },
} as const;
