/** The path or name as a string that opens the same file; null where its bytes are not UTF-8, which a string cannot hold. */
export const openablePath = (path: Uint8Array): string | null => {
  const bytes = Buffer.from(path.buffer, path.byteOffset, path.byteLength);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : null;
};

/** A path or name as text for people: bytes that are not UTF-8 are written as `\xNN`; it leads back to no file then. */
export const shownPath = (path: Uint8Array): string =>
  openablePath(path) ??
  Array.from(path, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join('');
