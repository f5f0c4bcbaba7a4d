/** The bytes are no protobuf message; the message says where. */
export class NoProtobuf extends Error {}

/** One field of a message: a number, or the bytes of a text, a message or packed numbers. */
export type Field =
  | { readonly field: number; readonly kind: 'number'; readonly value: bigint }
  | { readonly field: number; readonly kind: 'fixed32' | 'fixed64' | 'bytes'; readonly bytes: Uint8Array };

const MOST_VARINT_BYTES = 10;
const MOST_FIELD = 2 ** 29 - 1;

/** @throws NoProtobuf for a number that does not end, or is longer than 64 bits can need */
const readVarint = (bytes: Uint8Array, start: number): { readonly value: bigint; readonly end: number } => {
  let value = 0n;
  for (let place = 0; place < MOST_VARINT_BYTES; place += 1) {
    const byte = bytes[start + place];
    if (byte === undefined) throw new NoProtobuf('a number is cut off');
    value |= BigInt(byte & 0x7f) << BigInt(7 * place);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + place + 1 };
  }
  throw new NoProtobuf('a number is longer than 64 bits');
};

const FIXED_BYTES = { fixed32: 4, fixed64: 8 } as const;

/**
 * The fields of one message, in their order; messages inside it are bytes until somebody reads them, so that what is nested without end is
 * never followed. No byte is copied.
 * @throws NoProtobuf for what is no message
 */
export function* readFields(bytes: Uint8Array): Generator<Field, void, void> {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new NoProtobuf('a field reaches beyond its message');
    const taken = bytes.subarray(at, at + length);
    at += length;
    return taken;
  };
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    at = tag.end;
    const field = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    if (field === 0 || field > MOST_FIELD) throw new NoProtobuf('a field has a number that is not allowed');
    if (wire === 0) {
      const { value, end } = readVarint(bytes, at);
      at = end;
      yield { field, kind: 'number', value };
    } else if (wire === 2) {
      const length = readVarint(bytes, at);
      at = length.end;
      if (length.value > BigInt(bytes.length)) throw new NoProtobuf('a field reaches beyond its message');
      yield { field, kind: 'bytes', bytes: take(Number(length.value)) };
    } else if (wire === 1 || wire === 5) {
      const kind = wire === 1 ? 'fixed64' : 'fixed32';
      yield { field, kind, bytes: take(FIXED_BYTES[kind]) };
    } else throw new NoProtobuf(`a field has the unknown wire type ${String(wire)}`);
  }
}
