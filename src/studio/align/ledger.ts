import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { systemCode } from '../failure.ts';
import type { Layout } from './layout.ts';
import { LedgerRecord } from './record.ts';

const SegmentLine = z.strictObject({ at: z.number(), record: LedgerRecord });

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // A line that a kill or a full disk cut off: its photo is done again.
    return null;
  }
};

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    // Only \n ends a line: JSON escapes it, and U+2028 may stand in a file's name.
    let rest = '';
    for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** The records of a final ledger in its order; lines that are damaged are left out, so that their photos are done again. */
export async function* readLedger(layout: Layout): AsyncGenerator<LedgerRecord> {
  for await (const line of linesOf(layout.ledger)) {
    const parsed = LedgerRecord.safeParse(parseJson(line));
    if (parsed.success) yield parsed.data;
  }
}

const segmentFiles = async (layout: Layout): Promise<readonly string[]> => {
  try {
    const names = await readdir(layout.segments);
    return names.filter((name) => name.endsWith('.jsonl')).map((name) => join(layout.segments, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
};

/** Records by file, each as the JSON text that a ledger holds: half a million of them stay small that way. */
export type RecordTexts = ReadonlyMap<string, string>;

/** What runs that did not end yet, or were killed, have recorded: for each file the latest. */
export const readSegments = async (layout: Layout): Promise<RecordTexts> => {
  const latest = new Map<string, { readonly at: number; readonly text: string }>();
  for (const file of await segmentFiles(layout)) {
    for await (const line of linesOf(file)) {
      const parsed = SegmentLine.safeParse(parseJson(line));
      if (!parsed.success) continue;
      const { at, record } = parsed.data;
      const before = latest.get(record.file);
      if (before === undefined || before.at <= at)
        latest.set(record.file, { at, text: JSON.stringify(record) });
    }
  }
  return new Map([...latest].map(([file, { text }]) => [file, text]));
};

/** Everything that is recorded in an output folder: the final ledger, and over it the segments. */
export const readRecords = async (layout: Layout): Promise<RecordTexts> => {
  const records = new Map<string, string>();
  for await (const record of readLedger(layout)) records.set(record.file, JSON.stringify(record));
  for (const [file, text] of await readSegments(layout)) records.set(file, text);
  return records;
};

/** A record from the text that this program made of it. */
export const parseRecord = (text: string): LedgerRecord =>
  // Every text was checked when it was read, or written from a record.
  JSON.parse(text) as LedgerRecord;
