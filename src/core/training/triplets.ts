import type { Random } from './random.ts';

/**
 * Which negatives make a triplet of an anchor and a positive.
 * `facenet`: those with neg² - pos² < alpha, of which one is drawn (the seed's rule, from VGG Face).
 * `semi-hard`: those of the first that are farther than the positive (Schroff et al. 2015).
 * `all-hard`: every negative that is nearer than the positive.
 */
export const TRIPLET_RULES = ['facenet', 'semi-hard', 'all-hard'] as const;
export type TripletRule = (typeof TRIPLET_RULES)[number];

/** Which images of which classes a round looks at: places in the dataset, class after class. */
export type Candidates = { readonly images: Int32Array; readonly imagesPerClass: readonly number[] };

/**
 * Draws classes in random order and up to `imagesPerPerson` images of each, until there are `peoplePerBatch` times as many; the seed's
 * `sample_people`. With fewer images than that, all are taken.
 */
export const sampleCandidates = (
  classes: readonly Int32Array[],
  limits: { readonly peoplePerBatch: number; readonly imagesPerPerson: number },
  random: Random,
): Candidates => {
  const wanted = limits.peoplePerBatch * limits.imagesPerPerson;
  const images: number[] = [];
  const imagesPerClass: number[] = [];
  for (const chosen of shuffled(classes, random)) {
    if (images.length >= wanted) break;
    const taken = shuffled([...chosen], random).slice(
      0,
      Math.min(limits.imagesPerPerson, wanted - images.length),
    );
    if (taken.length === 0) continue;
    images.push(...taken);
    imagesPerClass.push(taken.length);
  }
  return { images: Int32Array.from(images), imagesPerClass };
};

const shuffled = <Item>(items: readonly Item[], random: Random): Item[] => {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [order[last], order[other]];
    if (a === undefined || b === undefined) continue;
    order[last] = b;
    order[other] = a;
  }
  return order;
};

type Selection = {
  /** Anchor, positive and negative in turn: places among the candidates. */
  readonly triplets: readonly (readonly [number, number, number])[];
  /** Pairs of an anchor and a positive that were looked at. */
  readonly pairs: number;
};

const fits: Readonly<Record<TripletRule, (positive: number, negative: number, alpha: number) => boolean>> = {
  facenet: (positive, negative, alpha) => negative - positive < alpha,
  'semi-hard': (positive, negative, alpha) => negative - positive < alpha && negative > positive,
  'all-hard': (positive, negative) => negative < positive,
};

/**
 * Selects triplets among embeddings [candidates, size], and shuffles them. Every class with two images gives anchors (the seed takes only
 * the first 45 classes); each pair of a class counts once.
 */
export const selectTriplets = (
  embeddings: Float32Array,
  imagesPerClass: readonly number[],
  options: { readonly rule: TripletRule; readonly alpha: number },
  random: Random,
): Selection => {
  const count = imagesPerClass.reduce((sum, images) => sum + images, 0);
  const size = embeddings.length / Math.max(1, count);
  const triplets: [number, number, number][] = [];
  const squared = new Float64Array(count);
  let pairs = 0;
  let first = 0;
  for (const images of imagesPerClass) {
    const end = first + images;
    for (let anchor = first; anchor < end - 1; anchor += 1) {
      for (let other = 0; other < count; other += 1)
        squared[other] = squaredDistance(embeddings, anchor * size, other * size, size);
      for (let positive = anchor + 1; positive < end; positive += 1) {
        pairs += 1;
        const negatives: number[] = [];
        for (let negative = 0; negative < count; negative += 1) {
          if (negative >= first && negative < end) continue;
          if (fits[options.rule](squared[positive] ?? 0, squared[negative] ?? 0, options.alpha))
            negatives.push(negative);
        }
        if (negatives.length === 0) continue;
        const taken =
          options.rule === 'all-hard' ? negatives : [negatives[Math.floor(random() * negatives.length)] ?? 0];
        for (const negative of taken) triplets.push([anchor, positive, negative]);
      }
    }
    first = end;
  }
  return { triplets: shuffled(triplets, random), pairs };
};

const squaredDistance = (values: Float32Array, first: number, second: number, size: number): number => {
  let sum = 0;
  for (let index = 0; index < size; index += 1) {
    const difference = (values[first + index] ?? 0) - (values[second + index] ?? 0);
    sum += difference * difference;
  }
  return sum;
};
