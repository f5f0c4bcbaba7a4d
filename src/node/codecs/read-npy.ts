import { readFile } from 'node:fs/promises';

/** A NumPy array of floats. */
export type NpyArray = { readonly shape: readonly number[]; readonly values: Float32Array };

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** Version 1 has two bytes for the length of the header, later ones four. */
const LENGTH_AT = 8;
const MAX_HEADER_BYTES = 64 * 1024;

const HEADER =
  /^\{\s*'descr':\s*'([^']*)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([\d,\s]*)\),?\s*\}\s*$/;

const headerOf = (bytes: Buffer): { readonly text: string; readonly end: number } | null => {
  if (bytes.length < LENGTH_AT + 4 || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const isFirst = bytes[MAGIC.length] === 1;
  const start = LENGTH_AT + (isFirst ? 2 : 4);
  const length = isFirst ? bytes.readUInt16LE(LENGTH_AT) : bytes.readUInt32LE(LENGTH_AT);
  const end = start + length;
  return length > MAX_HEADER_BYTES || end > bytes.length
    ? null
    : { text: bytes.toString('latin1', start, end), end };
};

/**
 * Reads a file that `numpy.save` wrote: little-endian float32 or float64 in C order, of any shape; float64 is rounded to float32. Nothing in
 * it is executed: an array of Python objects (a pickle) is refused.
 * Format: numpy.lib.format, versions 1 to 3.
 * @throws with one sentence that says what is wrong with the file
 */
export const readNpy = async (file: string): Promise<NpyArray> => {
  const bytes = await readFile(file);
  const fail = (what: string): Error => new Error(`${file} cannot be used: ${what}.`);
  const header = headerOf(bytes);
  if (header === null) throw fail('it is not a NumPy file, or it is cut off in its header');
  const [, type = '', order = '', dimensions = ''] = HEADER.exec(header.text) ?? [];
  if (type === '') throw fail('its header is not that of one plain NumPy array');
  if (type.startsWith('|O'))
    throw fail('it holds Python objects, which are never loaded; save it as float32');
  if (type !== '<f4' && type !== '<f8') throw fail(`it holds values of the type ${type}, not float32`);
  if (order === 'True') throw fail('it is in Fortran order; save numpy.ascontiguousarray(array)');
  const shape = dimensions
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const width = type === '<f4' ? 4 : 8;
  if (bytes.length - header.end !== size * width)
    throw fail(
      `its shape (${shape.join(', ')}) needs ${String(size * width)} bytes of values, and there are ${String(bytes.length - header.end)}`,
    );
  // A copy, so that the values are aligned and the file's buffer can go.
  const own = new Uint8Array(bytes.subarray(header.end)).buffer;
  return { shape, values: width === 4 ? new Float32Array(own) : Float32Array.from(new Float64Array(own)) };
};
