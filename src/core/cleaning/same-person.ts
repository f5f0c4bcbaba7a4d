import { distanceBetween } from '../neighbours/graph.ts';
import type { Evidence } from './labelled-faces.ts';
import { createRandom, draw } from './random.ts';

export type Spread = { readonly mean: number; readonly deviation: number };

/** How distances of one person's faces and of two persons' faces are spread, each as a normal distribution. */
export type SamePersonModel = {
  readonly same: Spread;
  readonly different: Spread;
  /** Share of pairs with one label that really are of one person. */
  readonly rightShare: number;
};

const SEED = 1;
/** Pairs that are looked at, of each kind. */
const PAIRS = 200_000;
/** Faces of one identity that are paired, so that no one person is the measure of all. */
const MOST_OF_IDENTITY = 6;
/** With fewer pairs of one label nothing can be said. */
const LEAST_PAIRS = 30;
const ROUNDS = 200;

const spreadOf = (values: Float64Array, weights: Float64Array | null): Spread => {
  let [sum, total] = [0, 0];
  values.forEach((value, i) => {
    const weight = weights?.[i] ?? 1;
    sum += weight * value;
    total += weight;
  });
  const mean = sum / total;
  let squares = 0;
  values.forEach((value, i) => (squares += (weights?.[i] ?? 1) * (value - mean) ** 2));
  return { mean, deviation: Math.max(Math.sqrt(squares / total), Number.MIN_VALUE) };
};

const logDensity = (distance: number, { mean, deviation }: Spread): number =>
  -0.5 * ((distance - mean) / deviation) ** 2 - Math.log(deviation);

/** Where the ratio of the two normal distributions turns, beyond which it would rise with distance. */
const fallingRange = ({ same, different }: SamePersonModel): readonly [near: number, far: number] => {
  const [s, d] = [1 / same.deviation ** 2, 1 / different.deviation ** 2];
  if (s === d) return [0, Infinity];
  const turn = (same.mean * s - different.mean * d) / (s - d);
  return s > d ? [Math.min(Math.max(turn, 0), same.mean), Infinity] : [0, Math.max(turn, different.mean)];
};

/** Log of how much likelier a distance is between faces of one person than of two. It never rises with distance. */
export const logRatio = (model: SamePersonModel, distance: number): number => {
  const [near, far] = fallingRange(model);
  const inside = Math.min(Math.max(distance, near), far);
  return logDensity(inside, model.same) - logDensity(inside, model.different);
};

/** The distance below which `logRatio` is above `wanted`; 0 when it nowhere is. */
export const distanceAt = (model: SamePersonModel, wanted: number): number => {
  let [near, far] = [0, model.different.mean];
  for (let round = 0; round < 60; round += 1) {
    const middle = (near + far) / 2;
    if (logRatio(model, middle) > wanted) near = middle;
    else far = middle;
  }
  return near;
};

const pairsOfOneLabel = ({ members, vectors }: Evidence, random: () => number): Float64Array => {
  const distances: number[] = [];
  // In any order, so that a part of them is like all.
  for (const identity of draw(Int32Array.from(members.keys()), members.length, random)) {
    const faces = draw(members[identity] ?? new Int32Array(0), MOST_OF_IDENTITY, random);
    faces.forEach((a, i) => {
      for (const b of faces.subarray(i + 1)) distances.push(distanceBetween(vectors, a, b));
    });
    if (distances.length >= PAIRS) break;
  }
  return Float64Array.from(distances);
};

const pairsOfTwoLabels = ({ vectors, identityOf }: Evidence, random: () => number): Float64Array => {
  const distances: number[] = [];
  for (let i = 0; i < PAIRS; i += 1) {
    const a = Math.floor(random() * vectors.count);
    const b = Math.floor(random() * vectors.count);
    const [first, second] = [identityOf[a] ?? -1, identityOf[b] ?? -1];
    if (a !== b && first >= 0 && second >= 0 && first !== second)
      distances.push(distanceBetween(vectors, a, b));
  }
  return Float64Array.from(distances);
};

/**
 * Learns from the faces' own distances what one person's distances are. Pairs with one label are a mixture: some are of two persons, for labels
 * are wrong; how many, and how the others are spread, is found by expectation and maximisation (Dempster, Laird, Rubin 1977), where the spread
 * of two persons' distances is known from pairs with two labels.
 * @returns null when too few faces share a label
 */
export const learnSamePerson = (evidence: Evidence): SamePersonModel | null => {
  const random = createRandom(SEED);
  const labelled = pairsOfOneLabel(evidence, random);
  const others = pairsOfTwoLabels(evidence, random);
  if (labelled.length < LEAST_PAIRS || others.length < LEAST_PAIRS) return null;
  const different = spreadOf(others, null);
  // Most labels are right: begin with the nearer half.
  const sorted = labelled.slice().sort();
  let same = spreadOf(sorted.subarray(0, Math.ceil(sorted.length / 2)), null);
  let rightShare = 0.9;
  const weights = new Float64Array(labelled.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    let sum = 0;
    labelled.forEach((distance, i) => {
      const odds =
        Math.log(rightShare / (1 - rightShare)) +
        logDensity(distance, same) -
        logDensity(distance, different);
      const weight = distance < same.mean ? 1 : 1 / (1 + Math.exp(-odds));
      weights[i] = weight;
      sum += weight;
    });
    const before = same.mean;
    same = spreadOf(labelled, weights);
    rightShare = Math.min(sum / labelled.length, 1 - 1 / labelled.length);
    if (Math.abs(same.mean - before) < 1e-9) break;
  }
  return { same, different, rightShare };
};
