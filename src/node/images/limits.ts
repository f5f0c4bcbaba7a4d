/** What one photo may cost. */
export type ImageLimits = {
  readonly maxFileBytes: number;
  readonly maxPixels: number;
  /** For each step of a request: reading, decoding, resampling, writing. */
  readonly timeoutMs: number;
  /** Resident memory of an image process, beyond the photos that it holds on request. */
  readonly maxWorkerBytes: number;
};

const MEBIBYTE = 1024 * 1024;

/** Promise C1 of the reliability reference: 10 s and 1 GiB; the largest of today's cameras make 100-megapixel photos. */
export const DEFAULT_LIMITS: ImageLimits = {
  maxFileBytes: 512 * MEBIBYTE,
  maxPixels: 100e6,
  timeoutMs: 10_000,
  maxWorkerBytes: 1024 * MEBIBYTE,
};

/** The worker ends itself with this code when it has grown beyond `maxWorkerBytes`. */
export const EXIT_TOO_MUCH_MEMORY = 77;
