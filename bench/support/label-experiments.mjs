/**
 * Faces whose labels are changed on purpose, so that it is known which are wrong.
 * @typedef {import('../../src/core/cleaning/labelled-faces.ts').Evidence} Evidence
 * @typedef {import('../../src/core/cleaning/mislabels.ts').Mislabel} Mislabel
 */

/**
 * The same numbers from 0 to below 1 for the same seed.
 * @param {number} seed
 */
export const createRandom = (seed) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // The low bits of this generator go around quickly.
    return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
  };
};

/**
 * Gives `count` of the chosen faces the identity of another of the chosen ones, drawn evenly from the identities.
 * @param {Int32Array} identityOf
 * @param {readonly number[]} faces
 * @param {number} count
 * @param {() => number} random
 */
export const flipLabels = (identityOf, faces, count, random) => {
  const flipped = identityOf.slice();
  const identities = [...new Set(faces.map((face) => identityOf[face] ?? -1))];
  /** @type {Set<number>} */
  const wrong = new Set();
  while (wrong.size < count) {
    const face = faces[Math.floor(random() * faces.length)] ?? 0;
    const identity = identities[Math.floor(random() * identities.length)] ?? -1;
    if (wrong.has(face) || identity === identityOf[face]) continue;
    flipped[face] = identity;
    wrong.add(face);
  }
  return { flipped, wrong };
};

/**
 * Precision and recall of proposals, where a proposal is right when the face was flipped and its own identity is proposed.
 * @param {readonly Mislabel[]} proposals
 * @param {ReadonlySet<number>} wrong
 * @param {Int32Array} identityOf
 */
export const judgeProposals = (proposals, wrong, identityOf) => {
  const right = proposals.filter(
    ({ face, proposed }) => wrong.has(face) && proposed?.identity === identityOf[face],
  ).length;
  return { precision: right / proposals.length, recall: right / wrong.size, proposals: proposals.length };
};

/**
 * Share of faces whose nearest centre is that of their identity, centres being means of the other faces by their labels.
 * @param {Evidence['vectors']} vectors
 * @param {Int32Array} labels
 * @param {readonly number[]} learned
 * @param {readonly number[]} heldOut
 * @param {Int32Array} identityOf
 */
export const nearestCentreAccuracy = ({ values, dimensions }, labels, learned, heldOut, identityOf) => {
  /** @type {Map<number, { sum: Float64Array, faces: number }>} */
  const centres = new Map();
  for (const face of learned) {
    const label = labels[face] ?? -1;
    const centre = centres.get(label) ?? { sum: new Float64Array(dimensions), faces: 0 };
    for (let d = 0; d < dimensions; d += 1)
      centre.sum[d] = (centre.sum[d] ?? 0) + (values[face * dimensions + d] ?? 0);
    centre.faces += 1;
    centres.set(label, centre);
  }
  let right = 0;
  for (const face of heldOut) {
    let [best, found] = [Infinity, -1];
    for (const [label, { sum, faces }] of centres) {
      let squares = 0;
      for (let d = 0; d < dimensions; d += 1)
        squares += ((values[face * dimensions + d] ?? 0) - (sum[d] ?? 0) / faces) ** 2;
      if (squares < best) [best, found] = [squares, label];
    }
    if (found === identityOf[face]) right += 1;
  }
  return right / heldOut.length;
};
