import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample, VerifyProblem } from '../../contract/workspace-care.ts';
import type { Database } from '../catalogue/database.ts';
import { systemCode } from '../failure.ts';
import { isWithin } from '../files/paths.ts';
import { together } from '../together.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';
import { problemOf } from './catalogue-checks.ts';
import type { CropFindings } from './messages.ts';

/** Crops that are read at once. */
const READERS = 8;
const PAGE_ROWS = 1000;

type CropRow = {
  readonly id: number;
  readonly crop_file: string;
  readonly crop_bytes: number | null;
  readonly crop_sha256: Uint8Array | null;
};

const CROPS = 'FROM faces WHERE crop_file IS NOT NULL AND id % ?1 = ?2';

const verdictOf = async (
  { folder, crops }: WorkspacePaths,
  row: CropRow,
): Promise<'whole' | 'missing' | 'damaged'> => {
  const file = join(folder, row.crop_file);
  // A catalogue from elsewhere may name any file.
  if (!isWithin(crops, file)) return 'damaged';
  try {
    const bytes = await readFile(file);
    const isSame =
      bytes.length === row.crop_bytes &&
      row.crop_sha256 !== null &&
      createHash('sha256').update(bytes).digest().equals(row.crop_sha256);
    return isSame ? 'whole' : 'damaged';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return 'missing';
    if (['EIO', 'EISDIR', 'EACCES'].includes(systemCode(error) ?? '')) return 'damaged';
    throw error;
  }
};

/** Looks again at crops that were not whole; those that faces have no more are none. */
export const checkAgain = async (
  catalogue: Database,
  paths: WorkspacePaths,
  faces: Iterable<number>,
): Promise<CropFindings> => {
  const found = { crops: 0, missing: new Map<number, string>(), damaged: new Map<number, string>() };
  for (const face of faces) {
    const row = catalogue.get<CropRow>(
      'SELECT id, crop_file, crop_bytes, crop_sha256 FROM faces WHERE id = ? AND crop_file IS NOT NULL',
      face,
    );
    if (row === null) continue;
    found.crops += 1;
    const verdict = await verdictOf(paths, row);
    if (verdict !== 'whole') found[verdict].set(row.id, row.crop_file);
  }
  return found;
};

/** Reads every crop of a sample and compares its bytes with the hash that was noted when it was made. @throws the signal's reason */
export const checkCrops = async (
  catalogue: Database,
  paths: WorkspacePaths,
  { part, of }: Sample,
  { signal, onProgress }: WorkHooks,
): Promise<CropFindings> => {
  const total = catalogue.get<{ readonly n: number }>(`SELECT count(*) AS n ${CROPS}`, of, part % of)?.n ?? 0;
  const missing = new Map<number, string>();
  const damaged = new Map<number, string>();
  let after = 0;
  let waiting: CropRow[] = [];
  let crops = 0;
  const next = (): CropRow | undefined => {
    if (waiting.length === 0) {
      waiting = catalogue
        .all<CropRow>(
          `SELECT id, crop_file, crop_bytes, crop_sha256 ${CROPS} AND id > ?3 ORDER BY id LIMIT ${String(PAGE_ROWS)}`,
          of,
          part % of,
          after,
        )
        .toReversed();
      after = waiting[0]?.id ?? after;
    }
    return waiting.pop();
  };
  let hasFailed = false;
  await together(
    READERS,
    () => {
      hasFailed = true;
    },
    async () => {
      for (let row = next(); row !== undefined && !hasFailed; row = next()) {
        signal.throwIfAborted();
        const verdict = await verdictOf(paths, row);
        if (verdict === 'missing') missing.set(row.id, row.crop_file);
        if (verdict === 'damaged') damaged.set(row.id, row.crop_file);
        crops += 1;
        onProgress(crops, total);
      }
    },
  );
  return { crops, missing, damaged };
};

const REPAIR = 'have them made again from the originals with "facenet-studio verify <workspace> --repair"';
const UNREPAIRED =
  'their originals are not there, or not as they were: bring them back, scan the workspace and repair it again';

/** What is wrong with crops, as problems. @param isRepaired whether a repair has made again what can be */
export const cropProblems = (
  { missing, damaged }: CropFindings,
  isRepaired: boolean,
): readonly VerifyProblem[] => {
  const advice = isRepaired ? UNREPAIRED : REPAIR;
  return [
    ...problemOf('missing-crop', [...missing.values()], `Crops are missing: ${advice}.`, [...missing.keys()]),
    ...problemOf('damaged-crop', [...damaged.values()], `Crops are not as they were made: ${advice}.`, [
      ...damaged.keys(),
    ]),
  ];
};
