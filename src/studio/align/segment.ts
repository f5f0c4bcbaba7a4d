import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asError, systemCode } from '../failure.ts';
import { makeFolder } from '../../node/files/folders.ts';
import type { Layout } from './layout.ts';
import type { LedgerRecord } from './record.ts';

/** A record survives a power cut at most this long after it was appended; a kill it survives at once. */
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
  let isSynced = true;
  let working: Promise<void> = Promise.resolve();
  let error: Error | null = null;

  /** Does a step after those before it; the first error ends all. */
  const step = (work: () => Promise<void>): Promise<void> => {
    working = working.then(async () => {
      if (error !== null) return;
      try {
        await work();
      } catch (cause) {
        error = asError(cause);
      }
    });
    return working;
  };
  const write = (): Promise<void> =>
    step(async () => {
      if (lines.length === 0) return;
      const text = lines.join('');
      lines = [];
      isSynced = false;
      await handle.appendFile(text);
    });
  const sync = (): Promise<void> =>
    step(async () => {
      if (isSynced) return;
      isSynced = true;
      await handle.datasync();
    });
  const timer = setInterval(() => void sync(), SYNC_EVERY_MS);
  timer.unref();
  const throwError = (): void => {
    if (error !== null) throw error;
  };

  return {
    append(record) {
      throwError();
      lines.push(`${JSON.stringify({ at: now(), record })}\n`);
      void write();
    },
    async flush() {
      await write();
      await sync();
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
      await sync();
      await handle.close();
    },
  };
};
