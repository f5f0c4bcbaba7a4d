/** A rectangle of whole pixels, which may reach beyond the photo: outside is black. */
export type Region = {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
};
