import { dirname, join } from 'node:path';
import type { VectorOutput } from '../../contract/embedding.ts';
import { npyHeader, npyIntegers, npyTexts } from '../../node/codecs/npy.ts';
import { writeVectorsAsParquet } from '../../node/codecs/parquet.ts';
import { writeBytesDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';

/** Vectors to write, row by row. */
export type VectorRows = {
  readonly files: readonly string[];
  /** Whom each shows. */
  readonly labels: readonly string[];
  readonly dimensions: number;
  readonly rows: AsyncIterable<Float32Array>;
};

type FacenetNames = NonNullable<VectorOutput['names']>;

/** Names of the seed's three files (`contributed/export_embeddings.py`). */
const FACENET_NAMES: FacenetNames = {
  embeddings: 'embeddings.npy',
  labels: 'labels.npy',
  labelStrings: 'label_strings.npy',
};

/** Rows that are gathered before they are written. */
const ROWS_AT_ONCE = 256;

const bytesOf = (row: Float32Array): Uint8Array => new Uint8Array(row.buffer, row.byteOffset, row.byteLength);

async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let held: Uint8Array[] = [];
  for await (const piece of pieces) {
    held.push(piece);
    if (held.length < ROWS_AT_ONCE) continue;
    yield Buffer.concat(held);
    held = [];
  }
  if (held.length > 0) yield Buffer.concat(held);
}

async function* npy({ files, dimensions, rows }: VectorRows): AsyncGenerator<Uint8Array, void, void> {
  yield npyHeader(files.length, dimensions);
  for await (const row of rows) yield bytesOf(row);
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

async function* csv({ files, labels, dimensions, rows }: VectorRows): AsyncGenerator<Uint8Array, void, void> {
  const names = Array.from({ length: dimensions }, (_, index) => `v${String(index)}`);
  yield Buffer.from(`file,label,${names.join(',')}\r\n`);
  let place = 0;
  for await (const row of rows) {
    const cells = [quoted(files[place] ?? ''), quoted(labels[place] ?? ''), ...Array.from(row, String)];
    place += 1;
    yield Buffer.from(`${cells.join(',')}\r\n`);
  }
}

/** Vectors as the seed writes them: labels are places in the sorted list of names. */
const writeAsFacenet = async (folder: string, vectors: VectorRows, names: FacenetNames): Promise<void> => {
  await makeFolderDurably(folder);
  const classes = [...new Set(vectors.labels)].sort();
  const numbers = new Map(classes.map((name, number) => [name, number]));
  const labels = vectors.labels.map((name) => numbers.get(name) ?? 0);
  await writeBytesDurably(join(folder, names.embeddings), gathered(npy(vectors)));
  await writeBytesDurably(join(folder, names.labels), [npyIntegers(labels)]);
  await writeBytesDurably(join(folder, names.labelStrings), [npyTexts(vectors.labels)]);
};

/** Writes vectors, each file whole or not at all. @throws the file system's error */
export const writeVectors = async (output: VectorOutput, vectors: VectorRows): Promise<void> => {
  const { path, format, names = FACENET_NAMES } = output;
  if (format === 'facenet') return writeAsFacenet(path, vectors, names);
  await makeFolderDurably(dirname(path));
  if (format === 'parquet') return writeVectorsAsParquet(path, vectors);
  await writeBytesDurably(path, gathered((format === 'npy' ? npy : csv)(vectors)));
};
