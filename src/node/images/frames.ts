import type { Socket } from 'node:net';

const PREFIX_BYTES = 8;
/** Headers are small; anything longer is no frame of ours. */
const MOST_HEADER_BYTES = 16 * 1024 * 1024;
const MOST_PAYLOAD_BYTES = 1024 * 1024 * 1024;

/**
 * Writes one frame: length of the header and of the payload (two little-endian uint32), the header as JSON, the payload's parts.
 * The parts must not change until they are sent.
 */
export const writeFrame = (socket: Socket, header: object, payload: readonly Uint8Array[] = []): void => {
  const json = Buffer.from(JSON.stringify(header));
  const start = Buffer.allocUnsafe(PREFIX_BYTES + json.byteLength);
  start.writeUInt32LE(json.byteLength, 0);
  start.writeUInt32LE(
    payload.reduce((bytes, part) => bytes + part.byteLength, 0),
    4,
  );
  json.copy(start, PREFIX_BYTES);
  socket.cork();
  socket.write(start);
  for (const part of payload) if (part.byteLength > 0) socket.write(part);
  socket.uncork();
};

/**
 * Puts frames together from the pieces that arrive. Each payload has a buffer of its own, so that any typed array may view it.
 *
 * @returns what to call with each piece; it throws when the bytes are no frames.
 */
export const createFrameReader = (
  onFrame: (header: unknown, payload: ArrayBuffer) => void,
): ((piece: Uint8Array) => void) => {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  let header = Buffer.alloc(0);
  let payload = new Uint8Array(0);
  let stage: 'prefix' | 'header' | 'payload' = 'prefix';
  let filled = 0;

  const nextStage = (): void => {
    filled = 0;
    if (stage === 'prefix') {
      const headerBytes = prefix.readUInt32LE(0);
      const payloadBytes = prefix.readUInt32LE(4);
      if (headerBytes === 0 || headerBytes > MOST_HEADER_BYTES || payloadBytes > MOST_PAYLOAD_BYTES) {
        throw new Error('Bytes arrived that are no frame.');
      }
      header = Buffer.allocUnsafe(headerBytes);
      payload = new Uint8Array(payloadBytes);
      stage = 'header';
    } else if (stage === 'header' && payload.byteLength > 0) {
      stage = 'payload';
    } else {
      stage = 'prefix';
      onFrame(JSON.parse(header.toString('utf8')), payload.buffer);
    }
  };

  return (piece) => {
    let at = 0;
    while (at < piece.byteLength) {
      const target = stage === 'prefix' ? prefix : stage === 'header' ? header : payload;
      const length = Math.min(target.byteLength - filled, piece.byteLength - at);
      target.set(piece.subarray(at, at + length), filled);
      filled += length;
      at += length;
      if (filled === target.byteLength) nextStage();
    }
  };
};
