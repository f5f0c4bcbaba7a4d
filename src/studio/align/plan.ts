import { posix } from 'node:path';
import { planOutputs, stemOfCrop, type PlannedOutput } from '../../core/align/plan-outputs.ts';
import { TASKS_PER_CHUNK } from '../engine/run-tasks.ts';
import type { Found } from '../scan/scan.ts';
import { cropsThere } from './foreign.ts';
import type { Layout } from './layout.ts';
import { parseRecord, type RecordTexts } from './ledger.ts';
import { recordOfForeignTarget, recordOfProblem, type LedgerRecord } from './record.ts';
import { sha256 } from './settings.ts';

/** What is to be done for one input file: either the engine's work, or its record is settled already. */
export type Entry = {
  readonly file: string;
  readonly work: PlannedOutput | null;
  readonly settled: LedgerRecord | null;
};

export type RunPlan = {
  /** Sorted by file; one for each input file. */
  readonly entries: readonly Entry[];
  /** Places in `entries` of those with work, divided into chunks that processes share. */
  readonly chunks: readonly (readonly number[])[];
  readonly sha256: string;
};

type Recorded = { readonly stems: ReadonlyMap<string, string>; readonly crops: ReadonlySet<string> };

const whatIsRecorded = (records: RecordTexts, isEveryFaceKept: boolean): Recorded => {
  const stems = new Map<string, string>();
  const crops = new Set<string>();
  for (const [file, text] of records) {
    const record = parseRecord(text);
    for (const crop of record.crops) crops.add(crop.file);
    const first = record.crops[0];
    if (first === undefined) continue;
    const stem = stemOfCrop(first.file, isEveryFaceKept);
    if (posix.dirname(stem) === posix.dirname(file)) stems.set(file, stem);
  }
  return { stems, crops };
};

const inChunks = (places: readonly number[]): readonly (readonly number[])[] => {
  const chunks: (readonly number[])[] = [];
  for (let from = 0; from < places.length; from += TASKS_PER_CHUNK)
    chunks.push(places.slice(from, from + TASKS_PER_CHUNK));
  return chunks;
};

/**
 * Decides for each input file where its crops go and whether it is the engine's work. Crops that are there and that neither a record nor
 * an intention of an earlier run names are foreign: their photos are left out.
 * @param intended gives the stems that earlier runs meant to write; asked after the folder was looked at
 */
export const planRun = async (
  layout: Layout,
  found: readonly Found[],
  records: RecordTexts,
  options: { readonly isEveryFaceKept: boolean; readonly intended: () => Promise<ReadonlySet<string>> },
): Promise<RunPlan> => {
  const { isEveryFaceKept } = options;
  const recorded = whatIsRecorded(records, isEveryFaceKept);
  const files = found.filter(({ problem }) => problem === null).map(({ file }) => file);
  const planned = planOutputs(files, recorded.stems);
  const there = await cropsThere(layout, planned, isEveryFaceKept);
  const intended = await options.intended();
  const isForeign = ({ stem }: PlannedOutput): boolean =>
    !intended.has(stem) && (there.get(stem) ?? []).some((crop) => !recorded.crops.has(crop));

  const workOf = new Map(planned.map((output) => [output.file, output]));
  const entries = found.map(({ file, problem }): Entry => {
    if (problem !== null) return { file, work: null, settled: recordOfProblem(file, problem) };
    const work = workOf.get(file);
    if (work === undefined) throw new Error(`No output was planned for ${file}.`);
    return isForeign(work)
      ? { file, work: null, settled: recordOfForeignTarget(work) }
      : { file, work, settled: null };
  });
  const places = entries.flatMap(({ work }, place) => (work === null ? [] : [place]));
  const outline = entries.map(({ file, work }) => `${file}\n${work?.stem ?? ''}\n`).join('\n');
  return { entries, chunks: inChunks(places), sha256: sha256(outline) };
};
