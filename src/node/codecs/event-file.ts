import { ProtobufWriter } from './protobuf-writer.ts';

/** CRC-32C (Castagnoli), the checksum of TensorFlow's record files; RFC 3720 appendix B.4. */
const CASTAGNOLI = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ CASTAGNOLI : value >>> 1;
  return value;
});

export const crc32c = (bytes: Uint8Array): number => {
  let value = 0xffffffff;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
};

/** tensorflow/core/lib/hash/crc32c.h, `Mask`: a checksum of what itself holds checksums. */
const MASK_DELTA = 0xa282ead8;
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
};

/** One record: length, its checksum, the bytes, their checksum. */
const recordOf = (bytes: Uint8Array): Uint8Array => {
  const record = Buffer.alloc(bytes.length + 16);
  record.writeBigUInt64LE(BigInt(bytes.length), 0);
  record.writeUInt32LE(masked(record.subarray(0, 8)), 8);
  record.set(bytes, 12);
  record.writeUInt32LE(masked(bytes), 12 + bytes.length);
  return record;
};

/** The first record of a TensorBoard event file. */
export const eventFileStart = (seconds: number): Uint8Array =>
  recordOf(new ProtobufWriter().double(1, seconds).string(3, 'brain.Event:2').finish());

/** A record with numbers of one step, each under its tag (`Event.summary` of TensorFlow's event.proto). */
export const scalarEvents = (
  seconds: number,
  step: number,
  values: Readonly<Record<string, number>>,
): Uint8Array =>
  recordOf(
    new ProtobufWriter()
      .double(1, seconds)
      .integer(2, step)
      .message(5, (summary) => {
        for (const [tag, value] of Object.entries(values))
          summary.message(1, (entry) => {
            entry.string(1, tag).float(2, value);
          });
      })
      .finish(),
  );
