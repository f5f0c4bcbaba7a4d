/** NumPy's format 1.0: magic, version, length of a header that is a Python literal, padded so that the data begins at a multiple of 64. */
const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
const ALIGNMENT = 64;

const header = (descr: string, shape: readonly number[]): Buffer => {
  const dimensions = shape.length === 1 ? `${String(shape[0])},` : shape.join(', ');
  const literal = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const before = MAGIC.length + 2;
  const total = Math.ceil((before + literal.length + 1) / ALIGNMENT) * ALIGNMENT;
  const text = Buffer.from(`${literal.padEnd(total - before - 1)}\n`, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return Buffer.concat([MAGIC, length, text]);
};

/** What a `.npy` file of float32 values [rows, columns] begins with; the values follow, little-endian, row by row. */
export const npyHeader = (rows: number, columns: number): Buffer => header('<f4', [rows, columns]);

/** A whole `.npy` file of int64 numbers. */
export const npyIntegers = (values: readonly number[]): Buffer =>
  Buffer.concat([
    header('<i8', [values.length]),
    new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer),
  ]);

const CHARACTER_BYTES = 4;

/** A whole `.npy` file of texts, each as code points of four bytes, as NumPy keeps them. */
export const npyTexts = (values: readonly string[]): Buffer => {
  const points = values.map((value) => Array.from(value, (character) => character.codePointAt(0) ?? 0));
  const longest = Math.max(1, ...points.map(({ length }) => length));
  const bytes = Buffer.alloc(values.length * longest * CHARACTER_BYTES);
  points.forEach((text, row) => {
    text.forEach((point, place) => {
      bytes.writeUInt32LE(point, (row * longest + place) * CHARACTER_BYTES);
    });
  });
  return Buffer.concat([header(`<U${String(longest)}`, [values.length]), bytes]);
};
