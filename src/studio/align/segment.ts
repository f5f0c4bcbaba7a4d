import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../failure.ts';
import { makeFolder } from '../files/atomic.ts';
import type { Layout } from './layout.ts';
import type { LedgerRecord } from './record.ts';

/** A line is on disk at most this long after it was appended. */
const SYNC_EVERY_MS = 1_000;

/** The file to which one run appends each record as it comes; nobody else writes it. */
export type Segment = {
  /** Queues a record. @throws the error of an earlier write */
  append(record: LedgerRecord): void;
  /** Resolves when everything appended so far is durable. @throws the system's error */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** Whether the file is still there: the run that finishes the folder removes it. */
  isThere(): Promise<boolean>;
};

/** Opens the segment of a run. `now` gives the time by which a later record of the same file wins. */
export const openSegment = async (layout: Layout, run: string, now: () => number): Promise<Segment> => {
  await makeFolder(layout.segments);
  const file = join(layout.segments, `${String(process.pid)}-${run}.jsonl`);
  const handle = await open(file, 'ax');
  let lines: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  let error: unknown = null;

  const write = (): Promise<void> => {
    writing = writing.then(async () => {
      if (error !== null || lines.length === 0) return;
      const text = lines.join('');
      lines = [];
      try {
        await handle.appendFile(text);
        await handle.datasync();
      } catch (cause) {
        error = cause;
      }
    });
    return writing;
  };
  const timer = setInterval(() => void write(), SYNC_EVERY_MS);
  timer.unref();
  const throwError = (): void => {
    if (error !== null) throw error;
  };

  return {
    append(record) {
      throwError();
      lines.push(`${JSON.stringify({ at: now(), record })}\n`);
    },
    async flush() {
      await write();
      throwError();
    },
    async isThere() {
      try {
        await stat(file);
        return true;
      } catch (cause) {
        if (systemCode(cause) === 'ENOENT') return false;
        throw cause;
      }
    },
    async close() {
      clearInterval(timer);
      await write();
      await handle.close();
    },
  };
};
