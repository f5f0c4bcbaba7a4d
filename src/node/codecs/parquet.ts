import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { makeDurably } from '../files/atomic.ts';

/** Rows that are encoded together; a reader takes them in one piece. */
const ROWS_IN_GROUP = 4096;

const SCHEMA: ConstructorParameters<typeof ParquetWriter>[0]['schema'] = [
  { name: 'root', num_children: 3 },
  { name: 'file', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'label', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'vector', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
];

/** Writes columns `file`, `label` and `vector` (a list of float32), whole or not at all. @throws the file system's error */
export const writeVectorsAsParquet = (
  path: string,
  {
    files,
    labels,
    rows,
  }: {
    readonly files: readonly string[];
    readonly labels: readonly string[];
    readonly rows: AsyncIterable<Float32Array>;
  },
): Promise<void> =>
  makeDurably(path, async (part) => {
    const parquet = new ParquetWriter({ writer: fileWriter(part), schema: SCHEMA });
    let first = 0;
    let vectors: number[][] = [];
    const writeGroup = async (): Promise<void> => {
      const last = first + vectors.length;
      await parquet.write({
        columnData: [
          { name: 'file', data: files.slice(first, last) },
          { name: 'label', data: labels.slice(first, last) },
          { name: 'vector', data: vectors },
        ],
        rowGroupSize: ROWS_IN_GROUP,
      });
      first = last;
      vectors = [];
    };
    for await (const row of rows) {
      vectors.push(Array.from(row));
      if (vectors.length === ROWS_IN_GROUP) await writeGroup();
    }
    await writeGroup();
    await parquet.finish();
  });
