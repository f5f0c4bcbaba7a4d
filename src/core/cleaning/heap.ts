/** Keeps items by score and gives the highest first. */
export type Heap = {
  readonly size: number;
  push(item: number, score: number): void;
  /** @throws when it is empty */
  pop(): { readonly item: number; readonly score: number };
};

/** A binary heap of whole numbers. */
export const createHeap = (): Heap => {
  const items: number[] = [];
  const scores: number[] = [];
  const scoreAt = (place: number): number => scores[place] ?? -Infinity;
  const swap = (a: number, b: number): void => {
    [items[a], items[b]] = [items[b] ?? 0, items[a] ?? 0];
    [scores[a], scores[b]] = [scoreAt(b), scoreAt(a)];
  };
  return {
    get size() {
      return items.length;
    },
    push(item, score) {
      let place = items.push(item) - 1;
      scores.push(score);
      while (place > 0) {
        const parent = (place - 1) >> 1;
        if (scoreAt(parent) >= scoreAt(place)) return;
        swap(parent, place);
        place = parent;
      }
    },
    pop() {
      const [item, score] = [items[0], scores[0]];
      if (item === undefined || score === undefined) throw new Error('The heap is empty.');
      swap(0, items.length - 1);
      items.pop();
      scores.pop();
      for (let place = 0; ;) {
        const left = place * 2 + 1;
        const best = scoreAt(left + 1) > scoreAt(left) ? left + 1 : left;
        if (best >= items.length || scoreAt(place) >= scoreAt(best)) break;
        swap(place, best);
        place = best;
      }
      return { item, score };
    },
  };
};
