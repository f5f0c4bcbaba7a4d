import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FaceOutcome, FaceTask } from '../../contract/engine.ts';
import type { AlignSettings, Crop } from '../../contract/faces.ts';
import type { PlannedOutput } from '../../core/align/plan-outputs.ts';
import type { Gate } from '../engine/gate.ts';
import type { EngineLease } from '../engine/host.ts';
import { runTasks } from '../engine/run-tasks.ts';
import { systemCode } from '../failure.ts';
import { makeFolder, syncUpTo } from '../../node/files/folders.ts';
import type { PhotoIndex } from '../photos/photo-index.ts';
import type { Stay } from './enter.ts';
import type { Layout } from './layout.ts';
import { knownPhoto, recordOfOutcome } from './record.ts';

/** What the chunks of one run have in common. */
export type ChunkWork = {
  readonly layout: Layout;
  /** Absolute, links resolved. */
  readonly input: string;
  readonly settings: AlignSettings;
  readonly stay: Stay;
  readonly engine: EngineLease;
  readonly gate: Gate;
  readonly index: PhotoIndex;
  readonly signal: AbortSignal;
  readonly onDone: (outcome: FaceOutcome) => void;
};

const plannedAt = ({ stay }: ChunkWork, place: number): PlannedOutput => {
  const planned = stay.plan.entries[place]?.work ?? null;
  if (planned === null) throw new Error(`The plan has no work at ${String(place)}.`);
  return planned;
};

/** Stems of the crops that a chunk will write. */
export const stemsOfChunk = (work: ChunkWork, places: readonly number[]): readonly string[] =>
  places.map((place) => plannedAt(work, place).stem);

type PhotoTask = FaceTask & { readonly output: string };

const taskOf = (work: ChunkWork, place: number): PhotoTask => {
  const { file, stem } = plannedAt(work, place);
  const record = work.index.record(place);
  return {
    id: place,
    file: `${work.input}/${file}`,
    output: work.layout.absolute(stem),
    known: record === null ? null : knownPhoto(record, (crop) => work.layout.absolute(crop)),
  };
};

/** Removes the crops that a photo had before it changed and has no longer. */
const removeOldCrops = async (
  layout: Layout,
  before: readonly Crop[],
  now: readonly Crop[],
): Promise<void> => {
  const kept = new Set(now.map(({ file }) => file));
  for (const { file } of before.filter((crop) => !kept.has(crop.file))) {
    await unlink(layout.absolute(file)).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
  }
};

const takeOutcome = async (work: ChunkWork, place: number, outcome: FaceOutcome): Promise<void> => {
  const { index, stay, layout, settings } = work;
  const known = index.record(place);
  const record = recordOfOutcome(plannedAt(work, place), outcome, {
    known,
    crop: settings.crop,
    outputFolder: layout.folder,
  });
  if (known !== null && outcome.kind !== 'unchanged') await removeOldCrops(layout, known.crops, record.crops);
  stay.segment.append(record);
  index.set(place, record);
  work.onDone(outcome);
};

/**
 * Has the engine do a chunk that this run has claimed and marks it done when every record is durable; a chunk that could not
 * be finished is given up for others. @throws as `runTasks` does, and the system's error when nothing can be written
 */
export const doChunk = async (work: ChunkWork, chunk: number): Promise<void> => {
  const { stay, engine, gate, settings, layout, signal } = work;
  try {
    const tasks = (stay.plan.chunks[chunk] ?? []).map((place) => taskOf(work, place));
    const folders = new Set(tasks.map(({ output }) => dirname(output)));
    for (const folder of folders) await makeFolder(folder);
    const { detect, crop } = settings;
    await runTasks(
      { engine, gate, detect, crop, outputFolder: layout.folder, signal },
      tasks,
      (task, outcome) => takeOutcome(work, task.id, outcome),
    );
    await stay.segment.flush();
    // Before the chunk counts as done and a ledger can say that its crops are there.
    await syncUpTo(layout.folder, folders);
  } catch (error) {
    // A claim that cannot be given up ends with this run; the error that ended the work is the one to tell.
    await stay.claims.release(chunk).catch(() => undefined);
    throw error;
  }
  await stay.claims.done(chunk);
};
