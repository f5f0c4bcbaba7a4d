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

/** Lines that are damaged are left out, so that their photos are done again. */
async function* readLedger(layout: Layout): AsyncGenerator<LedgerRecord> {
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

type Recorded = { readonly at: number; readonly record: LedgerRecord };

async function* readSegments(layout: Layout): AsyncGenerator<Recorded> {
  for (const file of await segmentFiles(layout)) {
    for await (const line of linesOf(file)) {
      const parsed = SegmentLine.safeParse(parseJson(line));
      if (parsed.success) yield parsed.data;
    }
  }
}

/**
 * Everything that is recorded in an output folder: the final ledger, and over it what runs that did not end yet, or were killed, have
 * written. A file may come several times; the last time counts.
 */
export async function* recordsOf(layout: Layout): AsyncGenerator<LedgerRecord> {
  yield* readLedger(layout);
  const latest = new Map<string, number>();
  for await (const { at, record } of readSegments(layout)) {
    if (at < (latest.get(record.file) ?? at)) continue;
    latest.set(record.file, at);
    yield record;
  }
}

/** Records by file, each as the JSON text that a ledger holds: half a million of them stay small that way. */
export type RecordTexts = ReadonlyMap<string, string>;

/** The records of an output folder, in memory. */
export const readRecords = async (layout: Layout): Promise<RecordTexts> => {
  const texts = new Map<string, string>();
  for await (const record of recordsOf(layout)) texts.set(record.file, JSON.stringify(record));
  return texts;
};

/** A record from the text that this program made of it. */
export const parseRecord = (text: string): LedgerRecord =>
  // Every text was checked when it was read, or written from a record.
  JSON.parse(text) as LedgerRecord;
