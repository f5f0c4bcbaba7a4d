const utf8Length = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;

/** Bytes of a text in UTF-8. */
export const byteLength = (text: string): number => {
  let bytes = 0;
  for (const character of text) bytes += utf8Length(character.codePointAt(0) ?? 0);
  return bytes;
};

/** The longest beginning of a text that takes at most so many bytes in UTF-8 and ends with a whole character. */
export const cutToBytes = (text: string, mostBytes: number): string => {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += utf8Length(character.codePointAt(0) ?? 0);
    if (bytes > mostBytes) return kept;
    kept += character;
  }
  return kept;
};

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over UTF-16 code units, as 8 hexadecimal digits (Fowler, Noll and Vo). */
export const shortHash = (text: string): string => {
  let value = FNV_OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), FNV_PRIME);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
};

/** Two names with the same key would be one file on a file system that ignores case or Unicode form. */
export const collisionKey = (name: string): string => name.normalize('NFC').toLowerCase();

/** Longest name in UTF-8 bytes that is used as it is: file systems take 255, and `_12.png` and a temporary name need room. */
const LONGEST_BYTES = 200;
/** What is kept of a longer one; its hash follows. */
const SHORTENED_BYTES = 180;

/** The name, or its beginning and a hash of the whole where it is too long for a file system. */
export const shortened = (name: string): string =>
  byteLength(name) <= LONGEST_BYTES ? name : `${cutToBytes(name, SHORTENED_BYTES)}~${shortHash(name)}`;

/** What Windows allows in no name, and what turns or hides the text around it. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]|\p{Cs}/gu;
/** Names that Windows keeps for devices, whatever extension follows. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/**
 * A name that Linux, macOS and Windows take for a file or a folder: what one of them forbids becomes `_`, and it neither begins with a dot
 * nor ends with a dot or a space. A name that is safe already stays as it is.
 */
export const safeName = (name: string): string => {
  const plain = name.replaceAll(FORBIDDEN, '_').replace(/[. ]+$/, (end) => '_'.repeat(end.length));
  const visible = plain.replace(/^\s*\./, (begin) => `_${begin.slice(1)}`).replace(DEVICE, '$&_');
  return shortened(visible === '' ? '_' : visible);
};

/** Names, each safe and no two of them one file: the first one has its own, those after it get a hash of `key` behind. */
export const createNames = () => {
  const taken = new Set<string>();
  return {
    /** @param key tells things of the same name apart, the same on every run */
    give(name: string, key: string): string {
      const own = safeName(name);
      for (let attempt = 0; ; attempt += 1) {
        const candidate = attempt === 0 ? own : `${own}~${shortHash(`${key}\n${String(attempt)}`)}`;
        const collision = collisionKey(candidate);
        if (taken.has(collision)) continue;
        taken.add(collision);
        return candidate;
      }
    },
  };
};
