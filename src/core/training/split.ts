import { createRandom, shuffledIndices } from './random.ts';

/** An image of a dataset by class. */
export type ClassImage = { readonly identity: string };

export type Split<Image> = {
  readonly train: readonly Image[];
  readonly validation: readonly Image[];
  /** Classes with too few images, which take no part. */
  readonly dropped: readonly string[];
};

/**
 * Holds images of each class out for validation: `ratio` of them, drawn out of the seed, at least one where the class keeps enough. A class
 * of a single image is never held out (the seed would train on none of its images).
 */
export const splitImages = <Image extends ClassImage>(
  images: readonly Image[],
  options: {
    readonly leastImagesPerClass: number;
    readonly validationRatio: number;
    readonly leastValidationImages: number;
    readonly seed: number;
  },
): Split<Image> => {
  const classes = new Map<string, Image[]>();
  for (const image of images) {
    const of = classes.get(image.identity);
    if (of === undefined) classes.set(image.identity, [image]);
    else of.push(image);
  }
  const random = createRandom(options.seed);
  const train: Image[] = [];
  const validation: Image[] = [];
  const dropped: string[] = [];
  for (const [identity, of] of [...classes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (of.length < options.leastImagesPerClass) {
      dropped.push(identity);
      continue;
    }
    const wanted =
      options.validationRatio > 0 ? Math.max(1, Math.ceil(of.length * options.validationRatio)) : 0;
    const held = wanted < of.length && wanted >= options.leastValidationImages ? wanted : 0;
    const order = shuffledIndices(of.length, random);
    const isHeld = new Set(order.subarray(0, held));
    of.forEach((image, index) => (isHeld.has(index) ? validation : train).push(image));
  }
  return { train, validation, dropped };
};
