import { readFileSync } from 'node:fs';

/** A face as the seed printed it: box, score and landmarks in pixels, left to right through the columns. */
export type GoldenFace = { readonly score: number; readonly numbers: readonly number[] };

/** The seed's faces for each photo of one of `golden/mtcnn/*.csv`; a photo without a face has an empty list. */
export const readGoldenFaces = (csvFile: string): ReadonlyMap<string, readonly GoldenFace[]> => {
  const photos = new Map<string, GoldenFace[]>();
  for (const line of readFileSync(csvFile, 'utf8').trim().split('\n').slice(1)) {
    const columns = line.split(',');
    // The path comes first and may hold commas: 16 numbers follow it.
    const file = columns.slice(0, -16).join(',');
    const [face = -1, score = 0, ...numbers] = columns.slice(-16).map(Number);
    const faces = photos.get(file) ?? [];
    photos.set(file, faces);
    if (face >= 0) faces.push({ score, numbers });
  }
  return photos;
};

const numbersOf = (face: {
  readonly box: readonly number[];
  readonly landmarks: readonly (readonly number[])[];
}): number[] => [...face.box, ...face.landmarks.flat()];

/** A face further than this from every face of the other side is another face. */
const SAME_FACE_PX = 20;

/** The largest distance in pixels of any number of each golden face to the nearest found one; null where none is near. */
export const matchFaces = (
  golden: readonly GoldenFace[],
  found: readonly { readonly box: readonly number[]; readonly landmarks: readonly (readonly number[])[] }[],
): { readonly distancesPx: (number | null)[]; readonly extra: number } => {
  const left = found.map(numbersOf);
  const distancesPx = golden.map(({ numbers }) => {
    let best = -1;
    let bestPx = SAME_FACE_PX;
    left.forEach((candidate, index) => {
      const px = Math.max(
        ...candidate.map((value, place) => Math.abs(value - (numbers[place] ?? Number.NaN))),
      );
      if (px < bestPx) [best, bestPx] = [index, px];
    });
    if (best < 0) return null;
    left.splice(best, 1);
    return bestPx;
  });
  return { distancesPx, extra: left.length };
};
