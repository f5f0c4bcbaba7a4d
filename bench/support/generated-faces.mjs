/** Faces of one person, on average, as CASIA has them. */
const FACES_OF_PERSON = 43;
/** Deviation of each coordinate, so that two faces of a person are about 0.8 apart, where two people are about 1.6. */
const DEVIATION = 0.05;

/** @param {number} seed */
const createRandom = (seed) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return ((state >>> 8) + 0.5) / 2 ** 24;
  };
};

/**
 * Vectors around centres of length 1, like embeddings; people have very different numbers of faces (geometric). The same for the same count.
 * @param {number} count
 * @param {number} dimensions
 */
export const generateFaces = (count, dimensions) => {
  const random = createRandom(count);
  // Two at a time would be quicker (Box and Muller); the sum of four is near enough to a normal distribution.
  const normal = () => (random() + random() + random() + random() - 2) * Math.sqrt(3);
  const values = new Float32Array(new SharedArrayBuffer(count * dimensions * Float32Array.BYTES_PER_ELEMENT));
  const people = new Int32Array(count);
  const centre = new Float32Array(dimensions);
  let left = 0;
  let person = -1;
  for (let face = 0; face < count; face += 1) {
    if (left === 0) {
      left = 1 + Math.floor(Math.log(random()) / Math.log(1 - 1 / FACES_OF_PERSON));
      person += 1;
      let squares = 0;
      for (let d = 0; d < dimensions; d += 1) {
        centre[d] = normal();
        squares += (centre[d] ?? 0) ** 2;
      }
      for (let d = 0; d < dimensions; d += 1) centre[d] = (centre[d] ?? 0) / Math.sqrt(squares);
    }
    left -= 1;
    people[face] = person;
    for (let d = 0; d < dimensions; d += 1)
      values[face * dimensions + d] = (centre[d] ?? 0) + normal() * DEVIATION;
  }
  return { vectors: { count, dimensions, values }, people };
};
