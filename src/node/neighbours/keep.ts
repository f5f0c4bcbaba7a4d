import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { NeighbourGraph, Vectors } from '../../core/neighbours/graph.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { systemCode } from '../files/system-code.ts';

/** Bytes at the beginning of the file: name and number of the format. */
const FORMAT = Buffer.from('facenet-studio neighbours 1\n');
const KEY_BYTES = 32;
const SIZES_BYTES = 8;
const BYTES_PER_VALUE = 4;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const keyOf = ({ count, dimensions, values }: Vectors): Buffer =>
  createHash('sha256').update(Uint32Array.of(count, dimensions)).update(bytesOf(values)).digest();

const floatsAt = (bytes: Buffer, from: number, length: number): ArrayBuffer => {
  // A copy of its own lies where numbers may lie.
  const own = new ArrayBuffer(length * BYTES_PER_VALUE);
  new Uint8Array(own).set(bytes.subarray(from, from + own.byteLength));
  return own;
};

const parse = (bytes: Buffer, vectors: Vectors, k: number): NeighbourGraph | null => {
  const head = FORMAT.length + KEY_BYTES + SIZES_BYTES;
  if (bytes.length < head + KEY_BYTES || !bytes.subarray(0, FORMAT.length).equals(FORMAT)) return null;
  if (!bytes.subarray(FORMAT.length, FORMAT.length + KEY_BYTES).equals(keyOf(vectors))) return null;
  const count = bytes.readUInt32LE(FORMAT.length + KEY_BYTES);
  const kept = bytes.readUInt32LE(FORMAT.length + KEY_BYTES + 4);
  const length = count * kept;
  const end = head + 2 * length * BYTES_PER_VALUE;
  if (count !== vectors.count || kept !== Math.min(k, count - 1) || bytes.length !== end + KEY_BYTES)
    return null;
  const checksum = createHash('sha256').update(bytes.subarray(0, end)).digest();
  if (!checksum.equals(bytes.subarray(end))) return null;
  return {
    count,
    k: kept,
    indices: new Int32Array(floatsAt(bytes, head, length)),
    distances: new Float32Array(floatsAt(bytes, head + length * BYTES_PER_VALUE, length)),
  };
};

/**
 * The graph that was kept in `file` for just these vectors and this `k`; null when there is none, when it is of others, or damaged. It may be
 * deleted at any time.
 */
export const readNeighbours = async (
  file: string,
  vectors: Vectors,
  k: number,
): Promise<NeighbourGraph | null> => {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  return parse(bytes, vectors, k);
};

/** Keeps a graph beside the vectors that it was made of, whole or not at all. */
export const keepNeighbours = async (
  file: string,
  vectors: Vectors,
  { count, k, indices, distances }: NeighbourGraph,
): Promise<void> => {
  const sizes = Buffer.alloc(SIZES_BYTES);
  sizes.writeUInt32LE(count, 0);
  sizes.writeUInt32LE(k, 4);
  const parts = [FORMAT, keyOf(vectors), sizes, bytesOf(indices), bytesOf(distances)];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  await writeFileAtomic(file, Buffer.concat([...parts, hash.digest()]));
};
