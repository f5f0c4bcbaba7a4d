import { open, type FileHandle } from 'node:fs/promises';

/** A NumPy array of floats. */
export type NpyArray = { readonly shape: readonly number[]; readonly values: Float32Array };

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** Version 1 has two bytes for the length of the header, later ones four. */
const LENGTH_AT = 8;
const MAX_HEADER_BYTES = 64 * 1024;
/** A system reads no more at once. */
const READ_BYTES = 2 ** 30;

const HEADER =
  /^\{\s*'descr':\s*'([^']*)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([\d,\s]*)\),?\s*\}\s*$/;

/** So many bytes, or those that there are up to the end of the file. */
const readBytes = async (handle: FileHandle, position: number, count: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(count);
  let done = 0;
  while (done < count) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(count - done, READ_BYTES), position + done);
    if (bytesRead === 0) return bytes.slice(0, done);
    done += bytesRead;
  }
  return bytes;
};

const headerOf = async (
  handle: FileHandle,
): Promise<{ readonly text: string; readonly end: number } | null> => {
  const start = Buffer.from(await readBytes(handle, 0, LENGTH_AT + 4));
  if (start.length < LENGTH_AT + 4 || !start.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const isFirst = start[MAGIC.length] === 1;
  const from = LENGTH_AT + (isFirst ? 2 : 4);
  const length = isFirst ? start.readUInt16LE(LENGTH_AT) : start.readUInt32LE(LENGTH_AT);
  if (length > MAX_HEADER_BYTES) return null;
  const text = Buffer.from(await readBytes(handle, from, length));
  return text.length < length ? null : { text: text.toString('latin1'), end: from + length };
};

/**
 * Reads a file that `numpy.save` wrote: little-endian float32 or float64 in C order, of any shape; float64 is rounded to float32. Nothing in
 * it is executed: an array of Python objects (a pickle) is refused.
 * Format: numpy.lib.format, versions 1 to 3.
 * @throws with one sentence that says what is wrong with the file
 */
export const readNpy = async (file: string): Promise<NpyArray> => {
  const fail = (what: string): Error => new Error(`${file} cannot be used: ${what}.`);
  await using handle = await open(file, 'r');
  const header = await headerOf(handle);
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
  const width = type === '<f4' ? 4 : 8;
  const bytes = shape.reduce((product, dimension) => product * dimension, width);
  const { size } = await handle.stat();
  if (size - header.end !== bytes)
    throw fail(
      `its shape (${shape.join(', ')}) needs ${String(bytes)} bytes of values, and there are ${String(size - header.end)}`,
    );
  const { buffer, byteLength } = await readBytes(handle, header.end, bytes);
  if (byteLength < bytes) throw fail('it ended while it was read');
  return {
    shape,
    values: width === 4 ? new Float32Array(buffer) : Float32Array.from(new Float64Array(buffer)),
  };
};
