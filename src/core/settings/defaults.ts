/** The program's settings while nobody chose anything else. */
export const DEFAULT_SETTINGS = {
  engine: 'auto',
  gpuMemory: 'whole',
  photoMemoryMebibytes: 256,
  pictureCacheMebibytes: 1024,
  cropsFolder: null,
  notifies: true,
  strongFocus: false,
  keys: {},
  window: {},
} as const;
