import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Evaluation, EvaluationState } from '../../contract/evaluation.ts';
import type { PairList } from '../../core/pairs/pair-list.ts';
import { writeBytesDurably, writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably, syncFolder } from '../../node/files/folders.ts';
import { failed, notFound, systemCode } from '../failure.ts';
import { OWNER_ONLY_FOLDER, type WorkspacePaths } from '../workspace/paths.ts';

/**
 * The evaluations of a workspace, a folder each: `evaluation.json` with its figures, `pairs.json` with its list, and for each state the distances
 * of its pairs, float64, little-endian, NaN for a missing one. An evaluation is there once its `evaluation.json` is.
 */

const RECORD = 'evaluation.json';
const LIST = 'pairs.json';

/** A state as it is kept: the history says what was done before it. */
const StoredState = EvaluationState.omit({ step: true }).extend({
  /** The last entry of the journal then. */
  sequence: z.int(),
  /** Of all that its figures hang on: while it is the same, so are they. */
  digest: z.string(),
  thresholds: z.array(z.number().nullable()),
});
export type StoredState = z.infer<typeof StoredState>;

export const StoredEvaluation = Evaluation.extend({ states: z.array(StoredState).min(1) });
export type StoredEvaluation = z.infer<typeof StoredEvaluation>;

const StoredList = z.strictObject({
  format: z.enum(['lfw', 'csv', 'list', 'two-line', 'cfp']),
  folds: z.int().nullable(),
  remark: z.string().nullable(),
  pairs: z.array(z.tuple([z.string(), z.string(), z.boolean(), z.int().nullable(), z.int()])),
});

const ID = /^\d{4,}$/;
const ID_DIGITS = 4;
const MOST_STATES = 60;

export const evaluationsFolder = ({ folder }: Pick<WorkspacePaths, 'folder'>): string =>
  join(folder, 'evaluations');

const folderOf = (paths: WorkspacePaths, id: string): string => {
  if (!ID.test(id)) throw notFound(`There is no evaluation ${id}.`);
  return join(evaluationsFolder(paths), id);
};

const idsIn = async (paths: WorkspacePaths): Promise<readonly string[]> => {
  try {
    const names = await readdir(evaluationsFolder(paths));
    return names.filter((name) => ID.test(name)).sort((a, b) => Number(b) - Number(a));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
};

const parsed = <Schema extends z.ZodType>(schema: Schema, text: string, file: string): z.infer<Schema> => {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw failed(
      `${file} is damaged, or of another version of this program: remove the evaluation and run it again.`,
    );
  }
};

const readText = async (file: string, id: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw notFound(`There is no evaluation ${id}.`);
    throw error;
  }
};

/** An evaluation with all its states. @throws NOT_FOUND or FAILED */
export const readEvaluation = async (paths: WorkspacePaths, id: string): Promise<StoredEvaluation> => {
  const file = join(folderOf(paths, id), RECORD);
  return parsed(StoredEvaluation, await readText(file, id), file);
};

/** All evaluations, the newest first; what a kill left half done is passed over. @throws FAILED for a damaged one */
export const readEvaluations = async (paths: WorkspacePaths): Promise<readonly StoredEvaluation[]> => {
  const found: StoredEvaluation[] = [];
  for (const id of await idsIn(paths)) {
    const file = join(folderOf(paths, id), RECORD);
    try {
      found.push(parsed(StoredEvaluation, await readFile(file, 'utf8'), file));
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
  return found;
};

/** The list of an evaluation. @throws NOT_FOUND or FAILED */
export const readList = async (paths: WorkspacePaths, id: string): Promise<PairList> => {
  const file = join(folderOf(paths, id), LIST);
  const { pairs, ...list } = parsed(StoredList, await readText(file, id), file);
  return {
    ...list,
    pairs: pairs.map(([first, second, isSame, fold, line]) => ({ first, second, isSame, fold, line })),
  };
};

const distancesFile = (folder: string, state: number): string =>
  join(folder, `distances-${String(state)}.f64`);

/** The distances of all pairs at a state. @throws NOT_FOUND */
export const readDistances = async (
  paths: WorkspacePaths,
  id: string,
  state: number,
): Promise<Float64Array> => {
  try {
    const bytes = Uint8Array.from(await readFile(distancesFile(folderOf(paths, id), state)));
    return new Float64Array(bytes.buffer);
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw notFound(`Evaluation ${id} has no state ${String(state)} any more.`);
    throw error;
  }
};

const writeRecord = (folder: string, evaluation: StoredEvaluation): Promise<void> =>
  writeTextDurably(join(folder, RECORD), [`${JSON.stringify(evaluation)}\n`]);

const writeDistances = (folder: string, state: number, distances: Float64Array): Promise<void> =>
  writeBytesDurably(distancesFile(folder, state), [new Uint8Array(distances.buffer)]);

/** Keeps a new evaluation under the next number. @returns it, with its id */
export const addEvaluation = async (
  paths: WorkspacePaths,
  evaluation: Omit<StoredEvaluation, 'id'>,
  list: PairList,
  distances: Float64Array,
): Promise<StoredEvaluation> => {
  await makeFolderDurably(evaluationsFolder(paths), OWNER_ONLY_FOLDER);
  const last = Number((await idsIn(paths))[0] ?? '0');
  const id = String(last + 1).padStart(ID_DIGITS, '0');
  const folder = folderOf(paths, id);
  await mkdir(folder, { mode: OWNER_ONLY_FOLDER });
  const stored = {
    format: list.format,
    folds: list.folds,
    remark: list.remark,
    pairs: list.pairs.map(({ first, second, isSame, fold, line }) => [first, second, isSame, fold, line]),
  };
  await writeTextDurably(join(folder, LIST), [JSON.stringify(stored)]);
  await writeDistances(folder, evaluation.states[0]?.number ?? 1, distances);
  const whole = { ...evaluation, id };
  await writeRecord(folder, whole);
  await syncFolder(evaluationsFolder(paths));
  return whole;
};

/** Adds a state; of very many the first and the last are kept. @returns the evaluation with it */
export const addState = async (
  paths: WorkspacePaths,
  evaluation: StoredEvaluation,
  state: StoredState,
  distances: Float64Array,
): Promise<StoredEvaluation> => {
  const folder = folderOf(paths, evaluation.id);
  await writeDistances(folder, state.number, distances);
  const [first, ...rest] = [...evaluation.states, state];
  const gone = rest.slice(0, Math.max(0, rest.length - MOST_STATES + 1));
  const kept = rest.slice(gone.length);
  const whole = { ...evaluation, states: [first, ...kept] };
  await writeRecord(folder, whole);
  for (const { number } of gone) await rm(distancesFile(folder, number), { force: true });
  return whole;
};

/** Takes an evaluation away with all its states. @throws NOT_FOUND */
export const removeEvaluation = async (paths: WorkspacePaths, id: string): Promise<void> => {
  const folder = folderOf(paths, id);
  await readText(join(folder, RECORD), id);
  // First what makes it an evaluation: what a kill leaves of the rest is none.
  await rm(join(folder, RECORD));
  await rm(folder, { recursive: true, force: true });
};

/** Takes every evaluation away whose files hold one of some texts: names and paths of somebody who is removed for good. */
export const removeEvaluationsWith = async (
  paths: WorkspacePaths,
  texts: readonly string[],
): Promise<number> => {
  let removed = 0;
  for (const id of await idsIn(paths)) {
    const folder = folderOf(paths, id);
    const contents = await Promise.all(
      [RECORD, LIST].map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
    );
    if (
      !texts.some((text) => contents.some((content) => content.includes(JSON.stringify(text).slice(1, -1))))
    )
      continue;
    await rm(folder, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
};
