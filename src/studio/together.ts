/** Runs several workers; when one fails the others hear of it through `abort`, and the first error is thrown when all have ended. */
export const together = async (
  count: number,
  abort: () => void,
  worker: () => Promise<void>,
): Promise<void> => {
  const errors: unknown[] = [];
  const guarded = async (): Promise<void> => {
    try {
      await worker();
    } catch (error) {
      errors.push(error);
      abort();
    }
  };
  await Promise.all(Array.from({ length: count }, guarded));
  if (errors.length > 0) throw errors[0];
};
