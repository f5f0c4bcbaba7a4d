import { dirname } from 'node:path';
import type { VectorOutput } from '../../contract/embedding.ts';
import { writeVectors } from '../embed/write-vectors.ts';
import { writeFailure } from '../failure.ts';
import type { EmbeddedFaces } from './read-vectors.ts';

async function* rowsOf({ vectors }: EmbeddedFaces): AsyncGenerator<Float32Array, void, void> {
  const { count, dimensions, values } = vectors;
  for (let row = 0; row < count; row += 1) yield values.subarray(row * dimensions, (row + 1) * dimensions);
}

/** Writes the vectors of a workspace's faces, with the identity of each as its label. @throws a failure */
export const exportVectors = async (output: VectorOutput, embedded: EmbeddedFaces): Promise<void> => {
  const { faces, vectors } = embedded;
  try {
    await writeVectors(output, {
      files: faces.map(({ shown }) => shown),
      labels: faces.map(({ label }) => label),
      dimensions: vectors.dimensions,
      rows: rowsOf(embedded),
    });
  } catch (error) {
    throw writeFailure(error, dirname(output.path));
  }
};
