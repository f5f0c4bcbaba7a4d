import type { Box } from '../../contract/faces.ts';

/** Share of a box that lies outside its photo. */
export const truncationOf = (
  [left, top, right, bottom]: Readonly<Box>,
  widthPx: number,
  heightPx: number,
): number => {
  const inside =
    Math.max(0, Math.min(right, widthPx) - Math.max(left, 0)) *
    Math.max(0, Math.min(bottom, heightPx) - Math.max(top, 0));
  const whole = (right - left) * (bottom - top);
  return whole > 0 ? 1 - inside / whole : 0;
};
