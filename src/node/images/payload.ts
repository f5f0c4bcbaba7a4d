/** The bytes beside an answer of an image process. They may lie where the process left them: whoever got them releases them. */
export type Payload = {
  readonly bytes: number;
  /** Fills `target` with the bytes from `from` on. @throws when there are fewer */
  copyTo(target: Uint8Array, from: number): void;
  /** They are not needed any more, and nothing reads them from now on; may be called twice. */
  readonly release: () => void;
};

const checkRange = (bytes: number, target: Uint8Array, from: number): void => {
  if (from + target.byteLength > bytes) throw new RangeError('An answer lacks bytes.');
};

/** Bytes that came over the pipe. */
export const payloadInMemory = (buffer: ArrayBuffer): Payload => ({
  bytes: buffer.byteLength,
  copyTo(target, from) {
    checkRange(buffer.byteLength, target, from);
    target.set(new Uint8Array(buffer, from, target.byteLength));
  },
  release: () => undefined,
});

/** Bytes that `read` finds, as far as `target` is long, from `from` on. `release` is called once. */
export const payloadElsewhere = (
  bytes: number,
  read: (target: Uint8Array, from: number) => void,
  release: () => void,
): Payload => {
  let isReleased = false;
  return {
    bytes,
    copyTo(target, from) {
      if (isReleased) throw new Error('A payload was read after its release.');
      checkRange(bytes, target, from);
      read(target, from);
    },
    release() {
      if (!isReleased) release();
      isReleased = true;
    },
  };
};
