/** Rounds where nobody says how many, and the most faces at which so many take seconds. */
const ROUNDS = 5;
const MOST_FACES = 20_000;

/** How often a run is done again to see how stable it is: by itself only where that is quick. */
export const roundsOf = (asked: number | null, faces: number): number =>
  asked ?? (faces <= MOST_FACES ? ROUNDS : 1);
