/** Bytes of a path as text for people: bytes that are not UTF-8 are written as `\xNN`. */
export const shownPath = (path: Uint8Array): string => {
  const bytes = Buffer.from(path);
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  return [...bytes]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`))
    .join('');
};

/** The path as a string that opens the same file; null where its bytes are not UTF-8, which a string cannot hold. */
export const openablePath = (path: Uint8Array): string | null => {
  const bytes = Buffer.from(path);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : null;
};
