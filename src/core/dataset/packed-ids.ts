/** A set of ids as bytes: the ids in ascending order, each as its distance from the one before, seven bits to a byte, low bits first. */

const PAYLOAD_BITS = 7;
const MORE = 0x80;

/** Packs ids, whole numbers of at least 0 in ascending order without repetition. @throws RangeError for any other list */
export const packIds = (ids: readonly number[] | Uint32Array): Uint8Array => {
  let bytes = new Uint8Array(ids.length * 2 + 16);
  let used = 0;
  let last = -1;
  for (const id of ids) {
    if (!Number.isSafeInteger(id) || id <= last) throw new RangeError('Ids are packed in ascending order.');
    if (used + 8 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    let distance = id - last - 1;
    last = id;
    // Not by shifts: they are of 32 bits, ids may be larger.
    while (distance >= MORE) {
      bytes[used] = (distance % MORE) + MORE;
      used += 1;
      distance = Math.floor(distance / MORE);
    }
    bytes[used] = distance;
    used += 1;
  }
  return bytes.slice(0, used);
};

/** The ids that `packIds` packed. @throws RangeError when the bytes end within an id */
export const unpackIds = (bytes: Uint8Array): number[] => {
  const ids: number[] = [];
  let last = -1;
  let distance = 0;
  let scale = 1;
  for (const byte of bytes) {
    distance += (byte % MORE) * scale;
    scale *= 2 ** PAYLOAD_BITS;
    if (byte >= MORE) continue;
    last += distance + 1;
    ids.push(last);
    distance = 0;
    scale = 1;
  }
  if (scale !== 1) throw new RangeError('The packed ids are cut off.');
  return ids;
};
