import type { Order } from './orders.ts';

/** Every so many ranks it is noted how many places were taken before. */
const NOTED_RANKS = 4096;

/** Goes through an order from the front, only as far as it is asked, and remembers the way. */
export type OrderWalk = {
  /** The taken places from `offset` on, by how many are taken before, in order. */
  page(offset: number, limit: number): number[];
};

/** A walk that has not begun. @param misses 0 for each place that is taken */
export const createOrderWalk = (
  misses: Uint16Array,
  { places, valued }: Order,
  isDescending: boolean,
): OrderWalk => {
  const takenBefore = [0];
  return {
    page(offset, limit) {
      const page: number[] = [];
      const noted = Math.max(
        0,
        takenBefore.findLastIndex((taken) => taken <= offset),
      );
      let taken = takenBefore[noted] ?? 0;
      for (let rank = noted * NOTED_RANKS; rank < misses.length && page.length < limit; rank += 1) {
        if (rank === takenBefore.length * NOTED_RANKS) takenBefore.push(taken);
        const at = isDescending && rank < valued ? valued - 1 - rank : rank;
        const place = places === null ? at : (places[at] ?? 0);
        if (misses[place] !== 0) continue;
        if (taken >= offset) page.push(place);
        taken += 1;
      }
      return page;
    },
  };
};
