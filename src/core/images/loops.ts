/**
 * The loops over every pixel that take most of an image process' time. They are written twice, with the same bytes as a result: here in
 * `plain-loops.ts` for every machine, and in `native/pixels.cc`. All arrays are given flat, so that both can take them as they are.
 */
export type PixelLoops = {
  /** Pixels [heightPx, widthPx, 3] to their `Integral.sums`, which begin as zeros. */
  integrate(pixels: Uint8Array, widthPx: number, heightPx: number, sums: Int32Array): void;
  /**
   * Means of the cells between edges, `mean * scale + shift`; see `shrinkByIntegral`. Rows and columns are `Edges`; `stride` is the length of
   * a row of `sums`.
   */
  shrink(
    sums: Int32Array,
    stride: number,
    columnIndex: Int32Array,
    columnFraction: Float64Array,
    rowIndex: Int32Array,
    rowFraction: Float64Array,
    scale: number,
    shift: number,
    out: Float32Array | Uint8ClampedArray,
    outStart: number,
  ): void;
  /**
   * Weighted sums along rows, rounded to bytes, then along columns: `resampleBilinear`. Weights have `WEIGHT_BITS` binary digits; for each
   * output there are `PerOutput` of them, of which `Count` are used for pixels from `First` on. `out` is [rows, columns, 3].
   */
  resample(
    pixels: Uint8Array,
    widthPx: number,
    firstRow: number,
    rowCount: number,
    columnFirst: Int32Array,
    columnCount: Int32Array,
    columnWeights: Int32Array,
    columnsPerOutput: number,
    rowFirst: Int32Array,
    rowCounts: Int32Array,
    rowWeights: Int32Array,
    rowsPerOutput: number,
    out: Uint8ClampedArray,
  ): void;
};

/** Pillow keeps its weights as whole numbers of this many binary digits (`Resample.c`, PRECISION_BITS). */
export const WEIGHT_BITS = 22;
