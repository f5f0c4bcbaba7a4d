import { closeSync, constants, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { payloadElsewhere, type Payload } from './payload.ts';

/** The descriptor under which an image process finds its exchange. */
export const EXCHANGE_DESCRIPTOR = 4;

/** Where Linux keeps files in memory. */
const MEMORY_DISK = '/dev/shm';
/** What most answers need; larger ones travel over the pipe. Pages that nobody wrote take no memory. */
const PLACE_BYTES = 4 * 1024 * 1024;

/**
 * A file without a name on a memory disk that a pool shares with one image process: payloads cross it in two copies, the second straight
 * to where they are needed, and no turn of the event loop, where a pipe takes a turn for each 64 KB.
 */
export type Exchange = {
  /** Handed to the image process when it is started. */
  readonly descriptor: number;
  /** A place for one answer, in bytes from the start; the caller gives it back, or has its payload. */
  take(): number;
  giveBack(place: number): void;
  /** What the image process left at a place, which is given back when the payload is released. @throws when there are fewer bytes */
  payloadAt(place: number, bytes: number): Payload;
  /** The image process is gone: closes the file as soon as all payloads are released. */
  closeWhenUnused(): void;
  /** Releases all payloads and closes the file; may be called twice. */
  close(): void;
};

/** Opens an exchange; null where there is no memory disk. The caller closes it. */
export const openExchange = (): Exchange | null => {
  const file = join(MEMORY_DISK, `facenet-studio-${randomBytes(8).toString('hex')}`);
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(file);
  } catch {
    // Everything works without it, over the pipe.
    return null;
  }
  const free: number[] = [];
  let places = 0;
  const payloads = new Set<Payload>();
  let isClosing = false;
  let isClosed = false;
  const closeIfUnused = (): void => {
    if (!isClosing || isClosed || payloads.size > 0) return;
    isClosed = true;
    closeSync(descriptor);
  };
  const read = (target: Uint8Array, at: number): void => {
    if (readSync(descriptor, target, 0, target.byteLength, at) !== target.byteLength)
      throw new RangeError('An answer lacks bytes.');
  };
  return {
    descriptor,
    take() {
      const place = free.pop();
      if (place !== undefined) return place;
      places += 1;
      return (places - 1) * PLACE_BYTES;
    },
    giveBack(place) {
      free.push(place);
    },
    payloadAt(place, bytes) {
      if (bytes > PLACE_BYTES) throw new RangeError('An answer is larger than its place.');
      // Told now, while it is known whose answer it is.
      if (bytes > 0 && fstatSync(descriptor).size < place + bytes)
        throw new RangeError('An answer lacks bytes.');
      const payload = payloadElsewhere(
        bytes,
        (target, from) => {
          read(target, place + from);
        },
        () => {
          payloads.delete(payload);
          free.push(place);
          closeIfUnused();
        },
      );
      payloads.add(payload);
      return payload;
    },
    closeWhenUnused() {
      isClosing = true;
      closeIfUnused();
    },
    close() {
      isClosing = true;
      for (const payload of payloads) payload.release();
      closeIfUnused();
    },
  };
};

/**
 * The image process' side: leaves a payload at a place.
 * @returns its bytes; null when it is too large for a place or the memory disk is full, as a container's of 64 MB may be: then the pipe
 * carries it
 */
export const leaveAt = (descriptor: number, place: number, payload: readonly Uint8Array[]): number | null => {
  const bytes = payload.reduce((sum, part) => sum + part.byteLength, 0);
  if (bytes > PLACE_BYTES) return null;
  try {
    let at = place;
    for (const part of payload) {
      for (let written = 0; written < part.byteLength;) {
        written += writeSync(descriptor, part, written, part.byteLength - written, at + written);
      }
      at += part.byteLength;
    }
  } catch {
    return null;
  }
  return bytes;
};
