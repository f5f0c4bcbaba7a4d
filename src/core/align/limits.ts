/** Least and most that each number of the settings may be: contract, command line and window take them from here. */
export const SETTING_LIMITS = {
  imageSizePx: { least: 16, most: 2048 },
  marginPx: { least: 0, most: 2000 },
  minFaceSizePx: { least: 12, most: 10_000 },
  threshold: { least: 0, most: 1 },
  scaleFactor: { least: 0.1, most: 0.95 },
} as const;
