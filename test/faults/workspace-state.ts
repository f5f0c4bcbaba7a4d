import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDamage } from '../../src/studio/catalogue/check.ts';
import { openDatabase, type Database } from '../../src/studio/catalogue/database.ts';
import { catalogueDigest, catalogueLines } from '../../src/studio/edits/digest.ts';
import { lastSequence } from '../../src/studio/edits/journal.ts';
import { digestOfFolder } from './harness/command.ts';

/** A workspace's catalogue. */
export const CATALOGUE = 'catalogue.sqlite';
/** Backups are named by the time, and what they hold depends on it; they are looked at apart. */
const isOfCatalogue = (line: string): boolean => line.startsWith(CATALOGUE) || line.startsWith('backups/');
/** Whether a line of a folder's digest is that of a workspace's lock, which its next writer removes. */
export const isLock = (line: string): boolean => line.startsWith('lock.json ');

/** Opens a copy of a workspace's catalogue with its logs, so that looking changes nothing. */
export const withCopy = async <Result>(
  work: string,
  look: (catalogue: Database) => Result,
): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'look-'));
  try {
    for (const suffix of ['', '-wal', '-journal'])
      if (existsSync(join(work, CATALOGUE + suffix)))
        await cp(join(work, CATALOGUE + suffix), join(folder, CATALOGUE + suffix));
    const catalogue = openDatabase(join(folder, CATALOGUE), { isReadOnly: false });
    try {
      return look(catalogue);
    } finally {
      catalogue.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
};

const HISTORY =
  "SELECT sequence || ' ' || action || ' ' || label || ' ' || ifnull(target, '-') || ' ' || ifnull(undone_by, '-') AS step FROM journal ORDER BY sequence";

/** What a workspace says: rows, history, and every other visible file. */
export const linesOf = async (work: string): Promise<readonly string[]> => [
  ...(await withCopy(work, (catalogue) => [
    ...catalogueLines(catalogue),
    ...catalogue.all<{ readonly step: string }>(HISTORY).map(({ step }) => step),
  ])),
  ...(await digestOfFolder(work)).filter((line) => !isOfCatalogue(line)),
];

type CropRow = { readonly crop_file: string; readonly crop_sha256: Uint8Array };

const cropsThatAreNotThere = async (work: string): Promise<readonly string[]> => {
  const rows = await withCopy(work, (catalogue) =>
    catalogue.all<CropRow>('SELECT crop_file, crop_sha256 FROM faces WHERE crop_file IS NOT NULL'),
  );
  const wrong = await Promise.all(
    rows.map(async ({ crop_file: file, crop_sha256: sha256 }) => {
      const bytes = await readFile(join(work, file)).catch(() => Buffer.alloc(0));
      const isIt = createHash('sha256').update(bytes).digest().equals(sha256);
      return isIt ? [] : [`the catalogue names the crop ${file}, which is not there or not whole`];
    }),
  );
  return wrong.flat();
};

/** Backups that have their name and are not whole. */
export const damagedBackups = async (work: string): Promise<readonly string[]> => {
  const folder = join(work, 'backups');
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) => {
    try {
      const backup = openDatabase(join(folder, name), { isReadOnly: true });
      const damage = findDamage(backup, 'integrity_check');
      const isThere = backup.get('SELECT id FROM sources') !== null;
      backup.close();
      return damage === null && isThere
        ? []
        : [`the backup ${name} is not whole: ${damage ?? 'it is empty'}`];
    } catch (error) {
      return [`the backup ${name} is not whole: ${String(error)}`];
    }
  });
};

/** Whether lines are equal, in their order. */
export const isSame = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n');

/** What is wrong with a workspace right after a fault. `before`: what it said before an edit, which is done whole or not at all. */
export const defectsOf = async (
  work: string,
  whole: readonly string[],
  { said, before }: { readonly said: string; readonly before: readonly string[] | null },
): Promise<readonly string[]> => {
  const isSaid = said.includes('\n');
  if (!existsSync(join(work, CATALOGUE))) return isSaid ? ['it was said to be done, and is not there'] : [];
  const damage = await withCopy(work, (catalogue) => findDamage(catalogue, 'integrity_check'));
  if (damage !== null) return [`the catalogue is damaged: ${damage}`];
  const lines = (await linesOf(work)).filter((line) => !isLock(line));
  const torn = (await digestOfFolder(work)).filter(
    (line) => !isOfCatalogue(line) && !isLock(line) && !whole.includes(line),
  );
  const isWhole = isSame(lines, whole);
  return [
    ...torn.map((line) => `${line} is not as it should be`),
    ...(await cropsThatAreNotThere(work)),
    ...(await damagedBackups(work)),
    ...(isSaid && !isWhole ? ['it was said to be done, and is lost'] : []),
    ...(before !== null && !isWhole && !isSame(lines, before) ? ['it is done in part'] : []),
  ];
};

/** What an editor says after each step. */
export type Said = { readonly sequence: number; readonly digest: string };

/** The lines that an editor said; one that a fault cut off was not said. */
export const saidSteps = (text: string): readonly Said[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [sequence = '', digest = ''] = line.split(' ');
      return { sequence: Number(sequence), digest };
    });

/** What is wrong with a workspace that was edited: each step is whole, and every one that was said to be done is there. */
export const defectsOfSteps = async (
  work: string,
  steps: ReadonlyMap<number, string>,
  said: string,
): Promise<readonly string[]> => {
  const damage = await withCopy(work, (catalogue) => findDamage(catalogue, 'integrity_check'));
  if (damage !== null) return [`the catalogue is damaged: ${damage}`];
  const [last, digest] = await withCopy(work, (catalogue) => [
    lastSequence(catalogue),
    catalogueDigest(catalogue),
  ]);
  const lastSaid = saidSteps(said).at(-1)?.sequence ?? 0;
  return [
    ...(last < lastSaid
      ? [`step ${String(lastSaid)} was said to be done, and ${String(last)} is the last`]
      : []),
    ...(steps.get(last) === digest ? [] : [`step ${String(last)} is done in part`]),
  ];
};
