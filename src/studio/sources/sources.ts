import { readFile, rename } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { AlignSettings } from '../../contract/faces.ts';
import { Source } from '../../contract/studio.ts';
import { checkFolders } from '../align/folders.ts';
import { layoutOf } from '../align/layout.ts';
import { readRecords } from '../align/ledger.ts';
import { isUnfinished } from '../align/manifest.ts';
import { canonicalSettings, sha256 } from '../align/settings.ts';
import { notFound, systemCode } from '../failure.ts';
import { makeFolder, writeAtomically } from '../files/atomic.ts';
import { createPhotoIndex, type PhotoIndex } from '../photos/photo-index.ts';

const StateFile = z.strictObject({ format: z.literal(1), sources: z.array(Source) });

/** A source and the photos that are known of it. */
export type OpenSource = { readonly source: Source; readonly index: PhotoIndex };

/** The folders that somebody opened; they are remembered from one start to the next. */
export type Sources = {
  /** Most recently opened first. */
  list(): Promise<readonly Source[]>;
  /** The source with its photos; they are read from its ledger when no job has filled them. @throws NOT_FOUND */
  get(id: string): Promise<OpenSource>;
  /** The photos of a source that are known now; nothing is read. */
  index(id: string): PhotoIndex;
  open(
    folder: string,
    options: { readonly settings?: AlignSettings | undefined; readonly isSample: boolean },
  ): Promise<Source>;
  close(id: string): Promise<void>;
  /** The sources that a run began to align and did not end. */
  unfinished(): Promise<readonly Source[]>;
};

/** What a source is aligned with when nobody says otherwise. */
const defaultSettings = (): AlignSettings => AlignSettings.parse({ detect: {}, crop: { style: 'relative' } });
const ID_DIGITS = 16;
const SHORT_HASH_DIGITS = 8;

const readState = async (file: string, report: (error: unknown) => void): Promise<Source[]> => {
  try {
    return StateFile.parse(JSON.parse(await readFile(file, 'utf8'))).sources;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
    // Only the list of opened folders is lost; the damaged one is kept beside it.
    report(
      new Error(`${file} is damaged; it was renamed and the list of sources begins anew.`, { cause: error }),
    );
    await rename(file, `${file}.damaged`);
    return [];
  }
};

const fileSafe = (name: string): string => name.replaceAll(/[^\p{L}\p{N}._ -]/gu, '_').slice(0, 80);

type Kept = { readonly index: PhotoIndex; filled: Promise<void> | null };

/** Shows what the ledger knows, unless a job has filled the photos already: that knows more. */
const fillFromLedger = async (index: PhotoIndex, output: string): Promise<void> => {
  if (index.size() > 0) return;
  const records = await readRecords(layoutOf(output));
  if (index.size() === 0) index.reset([...records.keys()].sort(), (file) => records.get(file) ?? null);
};

/** The sources remembered in the program's data folder `home`. */
export const createSources = (home: string, report: (error: unknown) => void): Sources => {
  const stateFile = join(home, 'sources.json');
  const indexes = new Map<string, Kept>();
  let sources: Promise<Source[]> | null = null;

  const all = (): Promise<Source[]> => (sources ??= readState(stateFile, report));
  const save = async (next: Source[]): Promise<void> => {
    await makeFolder(home);
    await writeAtomically(stateFile, [`${JSON.stringify({ format: 1, sources: next }, null, 2)}\n`]);
    sources = Promise.resolve(next);
  };
  /** One change after the other, so that none is lost. */
  let changing: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(change: () => Promise<Result>): Promise<Result> => {
    const mine = changing.then(change);
    changing = mine.catch(() => undefined);
    return mine;
  };
  const find = async (id: string): Promise<Source> => {
    const source = (await all()).find((candidate) => candidate.id === id);
    if (source === undefined) throw notFound('That source is no longer open.');
    return source;
  };
  const indexOf = (id: string): Kept => {
    const kept = indexes.get(id) ?? { index: createPhotoIndex(), filled: null };
    indexes.set(id, kept);
    return kept;
  };

  return {
    list: all,
    async get(id) {
      const source = await find(id);
      const kept = indexOf(id);
      kept.filled ??= fillFromLedger(kept.index, source.output);
      await kept.filled;
      return { source, index: kept.index };
    },
    index: (id) => indexOf(id).index,
    async open(folder, { settings: asked, isSample }) {
      const settings = canonicalSettings(asked ?? defaultSettings());
      const absolute = resolve(folder);
      const name = basename(absolute);
      const key = sha256(absolute + JSON.stringify(settings)).slice(0, SHORT_HASH_DIGITS);
      const output = join(home, 'aligned', `${fileSafe(name)}-${key}`);
      await checkFolders(folder, output);
      const id = sha256(absolute).slice(0, ID_DIGITS);
      return inTurn(async () => {
        const before = await all();
        const source: Source = { id, name, folder: absolute, output, settings, isSample };
        if (before.find((other) => other.id === id)?.output !== output) indexes.delete(id);
        await save([source, ...before.filter((other) => other.id !== id)]);
        return source;
      });
    },
    async close(id) {
      await inTurn(async () => {
        await find(id);
        await save((await all()).filter((source) => source.id !== id));
      });
      indexes.get(id)?.index.changes.notify();
      indexes.delete(id);
    },
    async unfinished() {
      const result: Source[] = [];
      for (const source of await all()) if (await isUnfinished(layoutOf(source.output))) result.push(source);
      return result;
    },
  };
};
