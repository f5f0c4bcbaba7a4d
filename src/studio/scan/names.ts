/** A name as text. Bytes that are not UTF-8 are written as `\xNN`, so that people can read it; it leads back to no file then. */
export const decodeName = (name: Buffer): { readonly text: string; readonly isUtf8: boolean } => {
  const text = name.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(name)) return { text, isUtf8: true };
  const escaped = [...name].map((byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
  );
  return { text: escaped.join(''), isUtf8: false };
};
