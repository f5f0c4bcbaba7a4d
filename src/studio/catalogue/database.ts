import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DatabaseSync } from '@photostructure/sqlite';

/** What SQLite holds. Integers come as numbers but from `readBig`, where they may need all 64 bits. */
export type SqlValue = null | number | bigint | string | Uint8Array;
type Row = Readonly<Record<string, SqlValue>>;

/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- A shape is what a statement selects: only who wrote it knows. */

/** A connection to one SQLite file. Statements are prepared once and kept. */
export type Database = {
  /** The file's absolute path. */
  readonly file: string;
  readonly isReadOnly: boolean;
  exec(sql: string): void;
  run(sql: string, ...values: readonly SqlValue[]): { readonly changes: number; readonly lastId: number };
  /** The first row, or null. */
  get<Shape extends Row>(sql: string, ...values: readonly SqlValue[]): Shape | null;
  all<Shape extends Row>(sql: string, ...values: readonly SqlValue[]): readonly Shape[];
  /** Rows with all integers as bigints. */
  allBig<Shape extends Row>(sql: string, ...values: readonly SqlValue[]): readonly Shape[];
  /** Rows as arrays, all at once: half the time of one at a time. */
  arrays<Shape extends readonly SqlValue[]>(sql: string, ...values: readonly SqlValue[]): readonly Shape[];
  /** Rows as arrays, one at a time: for reading very many. */
  rows<Shape extends readonly SqlValue[]>(
    sql: string,
    ...values: readonly SqlValue[]
  ): IterableIterator<Shape>;
  /** As `rows`, with all integers as bigints. */
  bigRows(sql: string, ...values: readonly SqlValue[]): IterableIterator<readonly SqlValue[]>;
  /** Does `work` whole or not at all, durably: when it returns, a power cut takes nothing of it. Not to be nested. */
  transaction<Result>(work: () => Result): Result;
  /** Moves what the log holds into the file and closes it. `letGoOfClosed` must follow before the file is opened again. */
  close(): void;
};

/** Versions 3.7.0 to 3.51.2 can damage a file in WAL mode when two connections reset the log at once. */
const LEAST_SQLITE: readonly [number, number, number] = [3, 51, 3];
const CACHE_KIB = 64 * 1024;
const BUSY_TIMEOUT_MS = 5_000;

const isOlder = (version: string): boolean => {
  const parts = version.split('.').map(Number);
  for (const [place, least] of LEAST_SQLITE.entries()) {
    const part = parts[place] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
};

/** What every connection is set to, whoever opened the file before. */
const PRAGMAS = `
  PRAGMA trusted_schema = 0;
  PRAGMA cell_size_check = 1;
  PRAGMA mmap_size = 0;
  PRAGMA foreign_keys = 1;
  PRAGMA cache_size = -${String(CACHE_KIB)};
`;
/** WAL with FULL: each commit is on the disk before it returns, and readers do not wait. Freed space is overwritten. */
const WRITER_PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = 1;
`;

type Native = InstanceType<typeof DatabaseSync>;
type Statement = ReturnType<Native['prepare']>;

/** The package's iterators do not keep their statement: collected while they are used, they would read freed memory. */
const iterated = new WeakMap<object, Statement>();

const createStatements = (native: Native) => {
  const plain = new Map<string, Statement>();
  const big = new Map<string, Statement>();
  const arrays = new Map<string, Statement>();
  const kept = (cache: Map<string, Statement>, sql: string, isBig: boolean): Statement => {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const statement = native.prepare(sql);
    statement.setReadBigInts(isBig);
    cache.set(sql, statement);
    return statement;
  };
  return {
    plain: (sql: string) => kept(plain, sql, false),
    big: (sql: string) => kept(big, sql, true),
    arrays(sql: string) {
      const statement = kept(arrays, sql, false);
      statement.setReturnArrays(true);
      return statement;
    },
    /** By a statement of its own: an iteration must not be disturbed by another of the same text. */
    iterate(sql: string, isBig: boolean, values: readonly SqlValue[]) {
      const statement = native.prepare(sql);
      statement.setReturnArrays(true);
      statement.setReadBigInts(isBig);
      const iterator = statement.iterate(...values);
      iterated.set(iterator, statement);
      return iterator;
    },
    forget(): void {
      for (const cache of [plain, big, arrays]) cache.clear();
    },
  };
};

/** V8's own collector of memory, which it gives only to who asks for it. */
const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  // What the flag defines, in V8's words.
  return runInNewContext('gc') as () => void;
};

/** Whether a connection was closed since SQLite was last made to let go. */
let isAnyHeld = false;

/**
 * Makes SQLite let go of the files of connections that were closed. It keeps them open while statements are left, and the package ends
 * statements only when they are collected as memory. A file that is held so, while another process closes it as its last user and
 * removes the log's index, would be read by the next connection of this process with an index that is not its own: edits would be lost.
 */
export const letGoOfClosed = async (): Promise<void> => {
  if (!isAnyHeld) return;
  isAnyHeld = false;
  collector()();
  // What was collected ends after this turn.
  await new Promise((resolve) => setImmediate(resolve));
};

/**
 * Opens an SQLite file that is there, or memory for `:memory:`.
 * @throws the package's error when it is no SQLite file or cannot be opened
 */
export const openDatabase = (file: string, options: { readonly isReadOnly: boolean }): Database => {
  const native = new DatabaseSync(file, { readOnly: options.isReadOnly, timeout: BUSY_TIMEOUT_MS });
  try {
    const version = String(Object.values(native.prepare('SELECT sqlite_version()').get() as Row)[0]);
    if (isOlder(version))
      throw new Error(`SQLite ${version} is too old: ${LEAST_SQLITE.join('.')} is the least.`);
    native.enableDefensive(true);
    native.exec(options.isReadOnly ? PRAGMAS : PRAGMAS + WRITER_PRAGMAS);
  } catch (error) {
    native.close();
    throw error;
  }
  const statements = createStatements(native);
  return {
    file,
    isReadOnly: options.isReadOnly,
    exec: (sql) => {
      native.exec(sql);
    },
    run(sql, ...values) {
      const { changes, lastInsertRowid } = statements.plain(sql).run(...values);
      return { changes, lastId: Number(lastInsertRowid) };
    },
    // The shapes below are what the statements select from STRICT tables; SQLite cannot tell TypeScript.
    get: <Shape extends Row>(sql: string, ...values: readonly SqlValue[]) =>
      (statements.plain(sql).get(...values) as Shape | undefined) ?? null,
    all: <Shape extends Row>(sql: string, ...values: readonly SqlValue[]) =>
      statements.plain(sql).all(...values) as Shape[],
    allBig: <Shape extends Row>(sql: string, ...values: readonly SqlValue[]) =>
      statements.big(sql).all(...values) as Shape[],
    arrays: <Shape extends readonly SqlValue[]>(sql: string, ...values: readonly SqlValue[]) =>
      statements.arrays(sql).all(...values) as unknown[] as Shape[],
    rows: <Shape extends readonly SqlValue[]>(sql: string, ...values: readonly SqlValue[]) =>
      statements.iterate(sql, false, values) as IterableIterator<Shape>,
    bigRows: (sql, ...values) =>
      statements.iterate(sql, true, values) as IterableIterator<readonly SqlValue[]>,
    transaction(work) {
      native.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        native.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk may have rolled it back already.
        if (native.isTransaction) native.exec('ROLLBACK');
        throw error;
      }
    },
    close() {
      try {
        if (!options.isReadOnly && !native.isTransaction) native.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } finally {
        isAnyHeld = true;
        statements.forget();
        native.close();
      }
    },
  };
};
